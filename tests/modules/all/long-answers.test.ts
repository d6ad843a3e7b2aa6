// What a host says is read in a time that grows with it, and not with its square: a host that floods its answer with one
// character keeps the controller from nothing. (A reader that takes the square needs minutes here.)
import { expect, test } from 'vitest';
import { Content } from '../../../engine/module/index.ts';
import { parseHttp } from '../../../engine/resources/http/answer.ts';
import { parseKeyLine } from '../../../engine/resources/ssh-keys/lines.ts';
import { excludePattern, wantedTree } from '../../../engine/resources/tree/want.ts';
import { readLocalFacts } from '../../../engine/run/session/local-facts.ts';
import { parseHello } from '../../../engine/run/session/opening.ts';
import { sudoProblem } from '../../../engine/transport/shell/become.ts';
import { changeText } from '../../../engine/view/text/phrases.ts';
import command from '../../../modules/command/command.ts';
import { editLine } from '../../../modules/lineinfile/edit.ts';
import { bind, output } from '../harness/bind.ts';

const MANY = 1_000_000;
const breaks = `${'\n'.repeat(MANY)}x`;
const separators = `${'a'.repeat(MANY / 2)}\u2028x`;

const answers: Readonly<Record<string, () => unknown>> = {
  'line breaks in the output of a command': () => {
    const want = bind(command, { cmd: 'x' });
    return command.plan(undefined, want).after?.([output({ stdout: breaks, stderr: breaks })]);
  },
  'blanks in a header': () => {
    const head = `HTTP/1.1 200 OK\r\nx:${' '.repeat(100_000)}x${' '.repeat(100_000)}x\r\n\r\n`;
    return parseHttp(output({ stdout: head, stderr: `@curl 0\n@meta 200 ${head.length} 0 0.1 http://x/\n` }));
  },
  'a line that is no key': () => parseKeyLine(`ssh-ed25519 ${separators}`) ?? 'none',
  'a carriage return flood in a line of a file': () =>
    editLine(`${'\r'.repeat(MANY)}x\n`, {
      state: 'absent',
      line: 'y',
      regexp: undefined,
      searchString: undefined,
      backrefs: false,
      insertafter: undefined,
      insertbefore: undefined,
      firstmatch: false,
    }),
  'facts of its own': () => readLocalFacts([`local! a ${separators}`, `local! ${separators}`]),
  'the opening': () => parseHello(`lock ${separators}\nnote ${separators}`),
  'what sudo says': () => sudoProblem('deploy', 'not found'.repeat(MANY / 9)),
  'a value that changes': () => changeText({ op: '~', what: 'x', from: breaks, to: breaks }),
  'names of files, by a pattern with many stars': () =>
    wantedTree([{ path: 'a'.repeat(2000), kind: 'file', mode: 0o644, modified: 0, content: Content.of('') }], {
      dest: '/srv',
      remove: false,
      shares: false,
      owner: undefined,
      group: undefined,
      mode: undefined,
      exclude: [`${'*a'.repeat(20)}b`],
    }),
  'a pattern with many slashes': () => excludePattern(`a${'/'.repeat(MANY)}b`),
};

test.each(Object.keys(answers))('%s', (name) => {
  expect(answers[name]?.()).toBeDefined();
});
