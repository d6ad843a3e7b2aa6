// What a real host refuses: the failure says why, and what was there before stays or comes back.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { exec } from '../lab/lab-api.js';
import { lent } from '../lab/lent.ts';
import { openProject, type Said, vrun } from './law.ts';

describeLab('what is refused on a real host', () => {
  const lab = lent();

  const play = async (tasks: string, ...options: string[]): Promise<Said> => {
    const project = openProject(tasks);
    try {
      return await vrun(project, lab.inventory, ...options);
    } finally {
      rmSync(project, { recursive: true });
    }
  };
  const says = async (command: string) => (await exec(lab.host, command)).stdout;

  test('ufw does not lock its own login out, in a dry run neither', async () => {
    const tasks = '- name: Shut\n  ufw: { allow: [80/tcp], exclusive: true }';
    for (const options of [['--check'], []]) {
      const said = await play(tasks, ...options);
      expect(said.status, said.output).toBe(2);
      expect(said.tasks).toEqual([
        { name: 'Shut', status: 'failed', failure: 'these rules would lock this connection out' },
      ]);
      expect(said.output).toContain('would-lock-out');
    }
    expect(await says('ufw status')).toBe('Status: inactive\n');
  });

  test('nginx gets its old site back, and the wrong line is shown', async () => {
    const site = (content: string) => `
- name: Site
  nginx: { domain: app.example, default_site: true, template: site.hbs }
  vars: { directive: ${content} }
`;
    const files = {
      'templates/site.hbs': 'server {\n    listen 80;\n    server_name app.example;\n    {{ directive }};\n}\n',
    };
    const good = openProject(site('return 204'), files);
    const bad = openProject(site('nonsense on'), files);
    try {
      expect((await vrun(good, lab.inventory)).status).toBe(0);
      const before = await says('md5sum /etc/nginx/sites-available/*; ls -A /etc/nginx/sites-*');
      const said = await vrun(bad, lab.inventory);
      expect(said.status, said.output).toBe(2);
      expect(said.output).toContain('unknown directive');
      expect(said.output).toContain('>    4 |     nonsense on;');
      expect(await says('md5sum /etc/nginx/sites-available/*; ls -A /etc/nginx/sites-*')).toBe(before);
      expect((await exec(lab.host, 'nginx -t')).status).toBe(0);
    } finally {
      for (const project of [good, bad]) rmSync(project, { recursive: true });
    }
  });

  test('a unit whose new file does not run gets its old one back, and its journal is shown', async () => {
    const unit = (command: string) => `
- name: Unit
  systemd:
    unit: shaky
    content: "[Service]\\nExecStart=/bin/sh -c '${command}'\\n"
    state: started
    restart_on_change: true
    settle: 1
`;
    expect((await play(unit('exec sleep 1000'))).status).toBe(0);
    const before = await says('cat /etc/systemd/system/shaky.service');
    const said = await play(unit('echo the cause >&2; exit 3'));
    expect(said.status, said.output).toBe(2);
    expect(said.output).toContain('the cause');
    expect(await says('cat /etc/systemd/system/shaky.service; systemctl is-active shaky')).toBe(`${before}active\n`);
  });

  test('apt says what it says, and what to do', async () => {
    const said = await play('- name: None\n  apt: { name: no-such-package }');
    expect(said.tasks).toEqual([{ name: 'None', status: 'failed', failure: 'apt refuses' }]);
    expect(said.output).toContain('Unable to locate package no-such-package');
  });

  test('a check that fails is unknown while changes are pending, and a failure without', async () => {
    const apt = '- name: Tool\n  apt: { name: curl, update_cache: true }\n';
    const http = '- name: Health\n  http: { url: "http://127.0.0.1:81/", status_code: 200 }\n';
    const dry = await play(apt + http, '--check');
    expect(dry.tasks.map(({ status }) => status)).toEqual(['changed', 'unknown']);
    const run = await play(apt + http);
    expect(run.tasks).toMatchObject([
      { status: 'changed' },
      { status: 'failed', failure: 'GET http://127.0.0.1:81/ got no answer' },
    ]);
    expect((await play(http, '--check')).tasks).toMatchObject([{ status: 'failed' }]);
  });

  test('http, assert, debug and set-fact see what the host says', async () => {
    await says('systemctl reload nginx; sleep 1');
    const said = await play(`
- name: Ask
  http: { url: "http://127.0.0.1/", headers: { Host: app.example }, status_code: [204] }
  register: answer
- name: Keep
  set-fact: { code: "{{ answer.status }}" }
- name: Hold
  assert: { that: ["code == 204", "answer.headers.server.startsWith('nginx')"] }
- name: Show
  debug: { var: answer.status }
- name: Ask by POST
  http: { url: "http://127.0.0.1/", method: POST, body: "{}", body_format: json, headers: { Host: app.example }, status_code: 204 }
- name: Fail
  assert: { that: code == 200, fail_msg: not so }
- name: Never
  command: touch /srv/never
`);
    expect(
      said.tasks.map(({ name, status }) => `${name} ${status}`),
      said.output,
    ).toEqual(['Ask ok', 'Keep ok', 'Hold ok', 'Show ok', 'Ask by POST changed', 'Fail failed']);
    expect(said.tasks.at(-1)?.failure).toBe('not so');
    expect(said.output).toContain('code == 200');
    expect(said.output).toContain('"message":"204"');
  });
});
