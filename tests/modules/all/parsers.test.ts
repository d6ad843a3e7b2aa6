// What the parsers make of what no probe would print.
import { describe, expect, test } from 'vitest';
import { readSections } from '../../../engine/module/sections.ts';
import { probeFiles } from '../../../engine/resources/file/probe.ts';
import { parseFiles } from '../../../engine/resources/file/report.ts';
import cron from '../../../modules/cron/cron.ts';
import { bind, output } from '../harness/bind.ts';

describe('what no probe prints is an error, never a guess', () => {
  const root = '41ed:0:0:100:1:40:2:1:root:root:/';
  const queries = [{ path: '/a', digest: true }];
  const files = (rows: string) => () => parseFiles(output({ stdout: rows, stderr: 'stat: not found\n' }), queries);

  test.each([
    ['', 'stat does not work on this host: stat: not found'],
    ['@files\n', 'stat does not work'],
    [`@files\n${root}\n`, 'stopped before its end'],
    [`@files\n${root}\nforged\n@end\n`, 'none of its own'],
    [`@files\n${root}\n@digests\nxyz  /a\n@end\n`, 'sha256sum printed'],
    [`@files\n${root}\na1ff:0:0:1:1:1:1:1:r:r:/a\n@links\n@end\n`, 'changed while it was read'],
    [`@files\n${root}\n@files\n@end\n`, 'twice'],
  ])('%j', (stdout, words) => {
    expect(files(stdout)).toThrow(words);
  });

  test('a digest of a name with a backslash', () => {
    const digest = 'a'.repeat(64);
    const name = 'b\\c';
    const stdout = `@files\n${root}\n81a4:0:0:1:1:1:1:1:UNKNOWN:r:/${name}\n@digests\n\\${digest}  /b\\\\c\n@end\n`;
    const entry = parseFiles(output({ stdout }), [{ path: `/${name}`, digest: true }]).entry(`/${name}`);
    expect(entry).toMatchObject({ sha256: digest, owner: undefined, group: 'r' });
  });

  test('a path that may not be looked at is neither there nor absent', () => {
    const stdout = `@files\n${root}\n@exist\nx\nd\n@end\n`;
    const report = parseFiles(output({ stdout }), [{ path: '/shut/a' }, { path: '/open/b' }]);
    expect([report.entry('/shut/a')?.kind, report.entry('/open/b')]).toEqual(['hidden', undefined]);
  });

  test('what stands in the way above a path', () => {
    const stdout = `@files\n${root}\n@exist\nd\nh\n0\ne\n@end\n`;
    const report = parseFiles(output({ stdout }), [{ path: '/d/broken/x/y' }, { path: '/file/a' }]);
    expect([report.blocker('/d/broken/x/y'), report.blocker('/file/a')]).toEqual(['/d/broken', '/file']);
    expect([report.exists('/d'), report.exists('/d/broken'), report.exists('/d/broken/x')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('an output that was cut off loses texts, and nothing else', () => {
    const stdout = `@files\n${root}\n81a4:0:0:1:1:1:1:1:r:r:/a\n@digests\n@contents\n:/b\neA==\n:/a\neHh4`;
    const report = parseFiles(output({ stdout, truncated: true }), queries);
    expect(report.entry('/a')).toMatchObject({ kind: 'file', text: undefined });
  });
});

test('a crontab that may not be read says nothing about another one', () => {
  const wants = ['root', 'ops'].map((name) => bind(cron, { name: 'x', job: 'y', user: name }));
  const stderr =
    "=root\nmust be privileged to use -u\n=ops\nno crontab for ops\nstat: cannot statx '/x': No such file\n";
  const accounts = '@accounts\nroot:x:0:0:root:/root:/bin/bash\nops:x:1000:1000::/home/ops:/bin/sh\n';
  const stdout = `${accounts}@tabs\n=root\n=ops\n@files\n41ed:0:0:100:1:40:2:1:root:root:/\n@exist\n@end\n`;
  const states = cron.parse(output({ stdout, stderr }), wants);
  expect(states).toMatchObject([{ readable: false }, { readable: true, text: '' }]);
});

test('the processes of a probe do not grow with its paths', () => {
  const script = probeFiles(
    Array.from({ length: 300 }, (_, index) => ({ path: `/tmp/${index}`, digest: true, showUnless: 'x' })),
  ).text;
  expect(script.match(/^(stat|getent)|sha256sum --/gm)?.length).toBeLessThanOrEqual(4);
});

test('sections', () => {
  expect(readSections('noise\n@a\n1\n\n@b\n@A\n@a b\n')).toEqual(
    new Map([
      ['a', ['1', '']],
      ['b', ['@A', '@a b']],
    ]),
  );
  expect(() => readSections('@a\n@a\n')).toThrow('twice');
});
