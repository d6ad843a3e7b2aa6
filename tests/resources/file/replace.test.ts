// A directory that somebody else owns is a trap for root: links in it lead wherever its owner likes.
import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Script, sh } from '../../../engine/module/index.ts';
import { type FileReplacement, replaceFile } from '../../../engine/resources/file/replace.ts';
import { runScript, SHELLS } from '../../modules/harness/perform.ts';

const isRoot = process.getuid?.() === 0;

describe.each(SHELLS)('a file is replaced with %s', (...shell) => {
  let base = '';
  const at = (name: string) => join(base, name);
  const replace = (want: Partial<FileReplacement> = {}, content: Script = sh`cat`) => {
    const { status, stderr } = runScript(
      replaceFile(content, { path: at('f'), ...want }).text,
      Buffer.from('new'),
      shell,
    );
    return status === 0 ? '' : stderr;
  };
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'vrun-replace-'));
  });
  afterEach(() => rmSync(base, { recursive: true }));

  test('nothing is left beside it', () => {
    expect(replace({ backup: false })).toBe('');
    expect(readdirSync(base)).toEqual(['f']);
    expect(replace({ validate: (file) => sh`grep -q old ${file}` })).toBe('');
    expect(readdirSync(base)).toEqual(['f']);
  });

  test('a check sees the file under its own name', () => {
    expect(
      replace({
        path: at('-n a.service'),
        validate: (file) => sh`case ${file} in */-n\ a.service) ;; *) exit 9;; esac`,
      }),
    ).toBe('');
    expect(readdirSync(base)).toEqual(['-n a.service']);
  });

  test('a link to a directory is replaced, and the directory left alone', () => {
    mkdirSync(at('d'));
    symlinkSync('d', at('f'));
    expect(replace()).toBe('');
    expect(lstatSync(at('f')).isFile()).toBe(true);
    expect(readdirSync(at('d'))).toEqual([]);
  });

  test('a directory is not', () => {
    mkdirSync(at('f'));
    expect(replace()).toContain('is a directory');
  });

  test.runIf(isRoot)('the owner of a link is not lent, the owner of a file is', () => {
    writeFileSync(at('real'), 'real', { mode: 0o755 });
    symlinkSync('real', at('f'));
    runScript(sh`chown -h 1 ${at('f')}`.text);
    expect(replace()).toBe('');
    expect([statSync(at('f')).uid, statSync(at('f')).mode & 0o777]).toEqual([0, 0o644]);
    chownSync(at('f'), 1, 1);
    expect(replace()).toBe('');
    expect(statSync(at('f')).uid).toBe(1);
  });

  test('the name of a backup is not followed', () => {
    writeFileSync(at('f'), 'old');
    writeFileSync(at('victim'), 'untouched');
    const now = Date.now();
    for (let second = -5; second < 30; second += 1) {
      const time = new Date(now + second * 1000).toISOString().slice(0, 19);
      symlinkSync('victim', at(`f.${time}Z~`));
    }
    expect(replace({ backup: true })).toBe('');
    expect(readFileSync(at('victim'), 'utf8')).toBe('untouched');
    const kept = readdirSync(base).filter((name) => name.endsWith('~') && lstatSync(at(name)).isFile());
    expect(kept.map((name) => readFileSync(at(name), 'utf8'))).toEqual(['old']);
  });

  test('what takes the place of the temporary directory is not written to', () => {
    mkdirSync(at('victim'));
    const attack = sh`{ mv "$w" "$w.gone"; ln -s ${at('victim')} "$w"; cat; }`;
    expect(replace({ owner: `${process.getuid?.() ?? 0}`, mode: '0666' }, attack)).toBe('');
    expect(readdirSync(at('victim'))).toEqual([]);
    expect(readFileSync(at('f'), 'utf8')).toBe('new');
  });

  test.runIf(isRoot)('a directory that is not ours is not written into', () => {
    mkdirSync(at('theirs'));
    chownSync(at('theirs'), 1, 1);
    // mktemp is fooled at once: the directory's owner was quicker.
    const script = replaceFile(sh`cat`, { path: at('f') }).text.replace(/\$\(mktemp [^)]*\)/, at('theirs'));
    expect(runScript(script, Buffer.from('new'), shell).stderr).toContain('not ours');
    expect(readdirSync(base)).toEqual([]);
  });
});
