// The page about the application says what its file of settings has, and nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './markdown.ts';

const settings: Record<string, unknown> = parse(readFileSync(join(ROOT, 'runbooks/vars/application.yml'), 'utf8'));

test('docs/application.md has every setting, in the order of the file', () => {
  const page = readFileSync(join(ROOT, 'docs/application.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z_]+)` +\|/gm)].map(([, name]) => name);
  expect([...rows].sort()).toEqual(Object.keys(settings).sort());
});

test('what `openssl rand` makes passes as a secret, and less doesn’t', () => {
  const required = settings.required;
  if (typeof required !== 'object' || required === null) throw new Error('required is a map');
  const secrets = Object.entries(required).filter(([name]) => /_(SECRET|KEY)$/.test(name));
  expect(secrets).toHaveLength(5);
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index * 3));
  for (const [name, pattern] of secrets) {
    const whole = new RegExp(`^(${pattern})$`);
    for (const encoding of ['base64', 'hex', 'base64url'] as const) {
      expect(whole.test(bytes.toString(encoding)), `${name} in ${encoding}`).toBe(true);
    }
    for (const bad of ['', 'short', `${'x'.repeat(40)} y`, 'generate-me-in-production'])
      expect(whole.test(bad)).toBe(false);
  }
});
