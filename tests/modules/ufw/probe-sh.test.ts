// probe.sh by itself, in each shell, over files as ufw leaves them.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import PROBE from '../../../modules/ufw/probe.sh';
import { runScript, SHELLS } from '../harness/perform.ts';

let host = '';
beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), 'vrun-ufw-'));
});
afterEach(() => rmSync(host, { recursive: true }));

function write(path: string, text: string, mode = 0o644): void {
  const file = join(host, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

const TUPLE = '### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in';
/** What stands above the shell of a test is no sshd. */
const NO_LOGIN = { ssh: [] };

/** The sections that it prints on such a host. */
function sections(shell: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const elsewhere = PROBE.text
    .replaceAll('/etc/', `${host}/etc/`)
    .replaceAll('/proc/net/', `${host}/net/`)
    .replaceAll('(sshd', '(none of these');
  const { stdout } = runScript(
    `PATH=${host}/bin:$PATH\n${elsewhere}\necho "@tuples"; printf '%s\\n' "$tuples"`,
    undefined,
    shell,
  );
  const parts = stdout.split(/^@/m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const [name = '', ...rows] = part.split('\n');
      return [name, rows.filter((row) => row !== '')];
    }),
  );
}

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, shell) => {
  test('a host that has no ufw', () => {
    write('bin/iptables', '#!/bin/sh\nexit 1\n', 0o755);
    expect(sections(shell)).toEqual({ settings: [], kernel: [], rules: [], ...NO_LOGIN, tuples: [] });
  });

  test('settings, rules, and that they are loaded', () => {
    write('etc/ufw/ufw.conf', '# x\nENABLED=yes\nLOGLEVEL=low\nOTHER=1\n');
    write('etc/default/ufw', 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nMANAGE_BUILTINS=no\n');
    write('etc/ufw/user.rules', `*filter\n${TUPLE}\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n`);
    write('net/if_inet6', '');
    write('bin/ufw', '#!/bin/sh\n', 0o755);
    write('bin/iptables', '#!/bin/sh\nprintf "%s\\n" "-N ufw-user-input" "-A INPUT -j ufw-before-input"\n', 0o755);
    const rule = `${host}/etc/ufw/user.rules:${TUPLE}`;
    const grepped = sections(shell);
    expect(grepped).toMatchObject({
      settings: ['ENABLED=yes', 'LOGLEVEL=low', 'IPV6=yes', 'DEFAULT_INPUT_POLICY="DROP"'],
      kernel: ['ipv6', 'ufw', 'loaded'],
      tuples: grepped.rules,
      ...NO_LOGIN,
    });
    // With one file of rules grep may or may not say its name.
    expect([[TUPLE], [rule]]).toContainEqual(grepped.rules);
  });

  test('rules that are there and not loaded', () => {
    write('etc/ufw/user.rules', `${TUPLE}\n`);
    write('etc/ufw/user6.rules', `${TUPLE.replaceAll('0.0.0.0', '::')}\n`);
    write('bin/iptables', '#!/bin/sh\necho "-P INPUT ACCEPT"\n', 0o755);
    expect(sections(shell).kernel).not.toContain('loaded');
    expect(sections(shell).tuples).toHaveLength(2);
  });
});
