// `vrun completion SHELL`: asked as the shell asks it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../../modules/index.ts';
import { vrun } from '../../docs/project.ts';

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vrun-completion-'));
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout, stderr } = await vrun(directory, 'completion', shell);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    writeFileSync(join(directory, shell), stdout);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What bash offers for the last of these words. */
function bash(...words: readonly string[]): string[] {
  const asked = 'source "$1"; shift; COMP_WORDS=(vrun "$@"); COMP_CWORD=$#; _vrun; printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr } = run('bash', ['--norc', '-c', asked, 'bash', join(directory, 'bash'), ...words]);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

function run(command: string, words: readonly string[]) {
  return spawnSync(command, words, { encoding: 'utf8' });
}

const missing = (shell: string) => run(shell, ['-c', 'true']).status !== 0;

describe('bash', () => {
  test('begins with a command, or a runbook', () => {
    expect(bash('')).toEqual(expect.arrayContaining(['run', 'lint', 'audit', 'proof', 'secrets', 'doc', 'completion']));
    expect(bash('aud')).toEqual(['audit']);
    expect(bash('site.y')).toEqual([]); // and so bash offers files
    expect(bash('site.yml', '')).toEqual([]);
  });

  test('knows the options of each command, and of the default one', () => {
    expect(bash('site.yml', '--ch')).toEqual(['--check']);
    expect(bash('run', 'site.yml', '--ch')).toEqual(['--check']);
    expect(bash('--vers')).toEqual(['--version']);
    expect(bash('inventory', '--gr')).toEqual(['--graph']);
    expect(bash('lint', '--gr')).toEqual([]);
  });

  test('knows subcommands, and where they end', () => {
    expect(bash('audit', 'ver')).toEqual(['verify']);
    expect(bash('audit', 'verify', '--wit')).toEqual(['--witness']);
    expect(bash('audit', 'verify', '')).toEqual([]);
    expect(bash('worker', 'en')).toEqual(['enroll']);
    expect(bash('worker', 'start', '--met')).toEqual(['--metrics']);
    expect(bash('worker', 'list', '--output', '')).toEqual(['text', 'json']);
  });

  test('knows what a value may be', () => {
    expect(bash('site.yml', '--output', '')).toEqual(['text', 'json']);
    expect(bash('site.yml', '-i', '')).toEqual([]);
    expect(bash('completion', 'z')).toEqual(['zsh']);
    expect(bash('doc', '')).toEqual(modules.map(({ name }) => name));
  });
});

describe.skipIf(missing('fish'))('fish', () => {
  const fish = (line: string) => {
    const { stdout, stderr } = run('fish', ['-c', `source ${join(directory, 'fish')}; complete -C '${line}'`]);
    expect(stderr).toBe('');
    return stdout.split('\n').map((offered) => offered.split('\t')[0]);
  };

  test('knows commands, subcommands, options and values', () => {
    expect(fish('vrun aud')).toContain('audit');
    expect(fish('vrun audit ver')).toContain('verify');
    expect(fish('vrun site.yml --ch')).toContain('--check');
    expect(fish('vrun lint --ch')).not.toContain('--check');
    expect(fish('vrun site.yml --output j')).toContain('json');
    expect(fish('vrun doc sysc')).toContain('sysctl');
  });
});

test.skipIf(missing('zsh'))('zsh reads it', () => {
  const { status, stderr } = run('zsh', ['-n', join(directory, 'zsh')]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

test('another shell is refused, with those that there are', async () => {
  const { status, stderr } = await vrun(directory, 'completion', 'tcsh');
  expect(status).toBe(1);
  expect(stderr).toContain('bash, zsh, fish');
});
