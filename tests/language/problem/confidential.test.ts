import { describe, expect, test } from 'vitest';
import { holdsSecret, setsSecret, veiled } from '../../../engine/language/problem/confidential.ts';
import { SourceText } from '../../../engine/language/problem/position.ts';
import { renderProblem } from '../../../engine/language/problem/render.ts';

describe('setsSecret', () => {
  test.each([
    'password: hunter2',
    '  db_password: "hunter2',
    "SMTP_PASS='hunter2'",
    'h1 ansible_become_password=hunter2',
    'h1 ansible_ssh_pass=hunter2 x',
    'pw: {hunter2',
    'api-key: hunter2',
    'headers: { Authorization: Basic hunter2 }',
    '{"privateKey": "hunter2"',
    'signing_key = hunter2',
    'passphrase: {{ hunter2',
    'token: !secret hunter2',
    'token: !secert hunter2',
    'ansible_become_password hunter2',
    'x: { secret: true, default: hunter2 }',
    'default: hunter2, "secret": true',
    'url: https://me:hunter2@example.com/x',
    'repo: "postgres://:hunter2@db"',
    'url: https://hunter2@example.com',
    'password: "{{ word }}" token: hunter2',
  ])('%s', (line) => expect(setsSecret(line)).toBe(true));

  test.each([
    '- name: Set the password of the application',
    'password: "{{ db_password }}"',
    'password: {{ db_password }}',
    'db_password: !secret |',
    'token: !expr token_of_host',
    'secrets:',
    'secrets: [',
    'secret: true',
    'update_password: always',
    'keyboard: de',
    'url: https://example.com/a:b@c',
    'url: ssh://git@example.com/x',
    'url: "https://me:{{ password }}@example.com"',
    'content: "{{ a_password }}"',
    'author: somebody',
  ])('not %s', (line) => expect(setsSecret(line)).toBe(false));

  test('a file is confidential for one line', () => {
    expect(holdsSecret('a: 1\nb: 2\n')).toBe(false);
    expect(holdsSecret('a: 1\nb_token: 2\n')).toBe(true);
    expect(holdsSecret('a: 1\nb: !secret |\nhunter2\n')).toBe(true);
  });
});

test('a confidential line is not shown, and neither is what a sentence quotes of it', () => {
  const at = new SourceText('vars.yml', 'colour: *hunter2', true).at(8);
  const problem = {
    code: 'bad-value',
    summary: 'There is no anchor ‹&hunter2›',
    detail: 'The value of ‹colour› is ‹*hunter2›, and no ‹!secret› or ‹number›.',
    hint: 'Write ‹hunter2› elsewhere.',
    at,
  } as const;
  expect(renderProblem(problem, { color: false })).toBe(
    [
      'error: There is no anchor ‹…›',
      ' --> vars.yml:1:9',
      '  = The value of ‹colour› is ‹…›, and no ‹!secret› or ‹number›.',
      '  → Write ‹…› elsewhere.',
    ].join('\n'),
  );
  expect(JSON.stringify(veiled(problem))).not.toContain('hunter2');
  const plain = { ...problem, at: new SourceText('vars.yml', 'colour: *hunter2').at(8) };
  expect(renderProblem(plain, { color: false })).toContain('1 | colour: *hunter2');
});
