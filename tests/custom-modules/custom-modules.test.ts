// Modules of a project's own, through the built command line.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HELLO, Project, runbook } from './project.ts';

let project: Project;
beforeAll(() => {
  project = new Project({ 'modules/hello.js': HELLO });
  const task = `- name: Greeting\n  hello: { path: ${join(project.path, 'greeting')} }\n  register: said\n`;
  project.write('site.yml', runbook(`${task}- name: Words\n  assert: { that: [said.words == 1] }\n`));
});
afterAll(() => project.remove());

test('the dry run says what the run does, and a second run finds nothing to do', () => {
  const check = project.vrun('site.yml', '--check', '--output', 'json');
  expect(check).toMatchObject({ status: 0, stderr: '' });
  const run = project.vrun('site.yml', '--output', 'json');
  expect(run).toMatchObject({ status: 0, stderr: '' });
  const changes = (said: string) =>
    said.split('\n').flatMap((line) => {
      const event = line === '' ? {} : JSON.parse(line);
      return event.type === 'task.finished' && event.status === 'changed' ? [event.changes] : [];
    });
  expect(changes(check.stdout)).toEqual(changes(run.stdout));
  expect(changes(run.stdout)).toHaveLength(1);
  expect(readFileSync(join(project.path, 'greeting'), 'utf8')).toBe('Hello\n');
  for (const options of [[], ['--check']]) {
    const again = project.vrun('site.yml', ...options);
    expect(again.stdout).toMatch(/^localhost +2 +0 +0 +0 +0 +1 /m);
    expect(again.status).toBe(0);
  }
});

test('the record has the digest of the file', () => {
  project.vrun('site.yml', '--check');
  const log = join(project.path, '.vrun/log');
  const digest = createHash('sha256').update(HELLO).digest('hex');
  const entries = readdirSync(log).map((name) => readFileSync(join(log, name), 'utf8'));
  expect(entries.filter((entry) => entry.includes(digest) && entry.includes('file:modules/hello.js'))).not.toEqual([]);
  expect(project.vrun('audit', 'verify').status).toBe(0);
});

test('it is among the modules wherever these are listed', () => {
  expect(project.vrun('doc').stdout).toMatch(/^hello +Keep a greeting in a file$/m);
  expect(project.vrun('doc', 'hello').stdout).toMatch(/^hello: Keep a greeting[\s\S]*greeting {2}text, default Hello/);
  expect(project.vrun('completion', 'bash').stdout).toContain('hello');
  expect(JSON.stringify(JSON.parse(project.vrun('schema').stdout))).toContain('Keep a greeting in a file');
  expect(project.vrun('lint', 'site.yml').stdout).toBe('1 runbook: no errors\n');
});

test.each<[title: string, tasks: string, says: RegExp]>([
  ['a parameter that is missing', '- name: A\n  hello: {}\n', /path/],
  ['a parameter that there is not', '- name: A\n  hello: { path: /x, greting: a }\n', /greting[\s\S]*greeting/],
  ['a value that is refused', '- name: A\n  hello: { path: /x, greeting: "" }\n', /greeting/],
  [
    'a result that there is not',
    '- name: A\n  hello: { path: /x }\n  register: a\n- name: B\n  assert: { that: [a.wrds == 1] }\n',
    /wrds/,
  ],
  ['a name that is mistyped', '- name: A\n  helo: { path: /x }\n', /helo[\s\S]*hello/],
])('%s is told before anything is connected to', (_title, tasks, says) => {
  project.write('wrong.yml', runbook(tasks));
  for (const command of [['lint'], []]) {
    const { status, stderr } = project.vrun(...command, 'wrong.yml', '-i', 'localhost,');
    expect(stderr).toMatch(says);
    expect(stderr).toContain('wrong.yml:');
    expect(status).toBe(1);
  }
});

/** What `vrun lint` says of a project with these files. */
function lint(files: Readonly<Record<string, string>>): string {
  const wrong = new Project({ 'site.yml': runbook('- name: A\n  debug: { msg: a }\n'), ...files });
  const { status, stdout, stderr } = wrong.vrun('lint', 'site.yml');
  wrong.remove();
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$|bug in vrun/m);
  expect([stderr === '' ? 0 : 1, stdout]).toEqual([status, stderr === '' ? '1 runbook: no errors\n' : '']);
  return stderr;
}

/** HELLO by another name, and with what differs from it. */
const named = (name: string, ...changes: readonly (readonly [from: string | RegExp, to: string])[]) =>
  changes.reduce(
    (text, [from, to]) => {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      return changed;
    },
    HELLO.replace("name: 'hello'", `name: '${name}'`),
  );

/** Files that each have one mistake, and what is said of it. */
const MISTAKES: readonly (readonly [file: string, text: string, says: string | RegExp])[] = [
  [
    'syntax.js',
    named('syntax', ["name: 'syntax',", "name: 'syntax'"]),
    `error: The module ‹syntax› can't be read
 --> modules/syntax.js:5:3
  |
5 |   summary: 'Keep a greeting in a file',
  |   ^^^^^^^
  = Unexpected identifier 'summary'.`,
  ],
  [
    'no-such-export.js',
    named('no-such-export', ['Content, ', 'Content, shell, ']),
    /--> modules\/no-such-export.js:1:19\n[\s\S]*\| {19}\^\^\^\^\^\n.*export named 'shell'/,
  ],
  [
    'throws.js',
    `${named('throws')}nowhere();\n`,
    /‹throws› fails while it is loaded\n +--> modules\/throws.js:21:1\n[\s\S]*\| nowhere\(\);\n[\s\S]*= nowhere is not defined/,
  ],
  [
    'imports-more.js',
    `import { x } from '../lib/x.js';\n${named('imports-more')}`,
    /imports ‹..\/lib\/x.js›\n +--> modules\/imports-more.js:1:19\n[\s\S]*\^{13}\n/,
  ],
  [
    'exports-nothing.js',
    named('exports-nothing', ['export default', 'const hello =']),
    /exports no definition\n +--> modules\/exports-nothing.js:1:1[\s\S]*no default export/,
  ],
  [
    'exports-other.js',
    "export default { name: 'exports-other' };\n",
    /--> modules\/exports-other.js:1:1\n[\s\S]*not what defineModule gives/,
  ],
  ['no-name.js', named('x', ["name: 'x',", '']), /‹no-name› has no ‹name›\n +--> modules\/no-name.js:3:1/],
  ['no-summary.js', named('no-summary', [/summary: .*,/, '']), /has no ‹summary›/],
  ['no-params.js', named('no-params', [/params: [\s\S]*?\n {2}\}\),\n/, '']), /has no ‹params›/],
  ['no-plan.js', named('no-plan', [/plan: [\s\S]*?\n {2}\},\n/, '']), /has no ‹plan›/],
  ['no-parse.js', named('no-parse', [/parse: .*,\n/, '']), /only one of ‹probe› and ‹parse›/],
  ['misnamed.js', named('other'), /‹misnamed› says that it is ‹other›\n +--> modules\/misnamed.js:4:3/],
  [
    'mute.js',
    named('mute', [", description: 'What is in it'", '']),
    /‹params.greeting› of the module ‹mute› has no description\n +--> modules\/mute.js:8:5/,
  ],
  [
    'kindless.js',
    named('kindless', [", description: 'What is in it'", ", vrun: 'colour', description: 'What is in it'"]),
    /‹params› of the module ‹kindless› is no schema[\s\S]*no kind ‹colour› of parameters/,
  ],
  [
    'mistyped.js',
    named('mistyped', ['about:', 'abuot:']),
    /‹abuot› is no word of a module's definition\n +--> modules\/mistyped.js:13:3[\s\S]*about/,
  ],
  [
    'no-function.js',
    named('no-function', [/probe: .*,/, "probe: 'true',"]),
    /‹probe› of the module ‹no-function› is no function/,
  ],
  [
    'default.js',
    named('default', ["default: 'Hello'", "default: ''"]),
    /The default of ‹params.greeting› isn't what its schema takes\n +--> modules\/default.js:8:5/,
  ],
  ['schema.js', named('schema', ['minLength: 1', 'minLenght: 1']), /‹params› of the module ‹schema›[\s\S]*minLenght/],
  [
    'alias.js',
    named('alias', ['  probe:', "  freeForm: 'path',\n  aliases: { file: 'pathh' },\n  probe:"]),
    /‹file› of the module ‹alias› stands for ‹pathh›, which is no parameter\n +--> modules\/alias\.js:12:14[\s\S]*path/,
  ],
  [
    'no-object.js',
    named('no-object', ['results: Type.Object(', 'results: Type.Array(']),
    /‹results› .* no Type.Object/,
  ],
  ['file.js', named('file'), /has a module ‹file›[\s\S]*override_modules: \[file\]/],
  ['Hello_You.js', named('Hello_You'), /‹Hello_You› can't be[\s\S]*Call it hello-you/],
  ['when.js', named('when'), /‹when› can't be[\s\S]*keyword/],
  ['twice.ts', named('twice'), /two modules ‹twice›[\s\S]*twice.js and twice.ts/],
  ['twice.js', named('twice'), ''],
];

describe('a mistake in a file is a problem that names the file, and all are told at once', () => {
  let blocks: readonly string[];
  beforeAll(() => {
    const files = Object.fromEntries(MISTAKES.map(([file, text]) => [`modules/${file}`, text]));
    const overrides = { 'vrun.yml': 'override_modules: [mute, nginx]\n' };
    blocks = lint({ ...files, ...overrides, 'lib/x.js': 'export const x = 1;\n' })
      .trimEnd()
      .split(/\n\n(?=error)/);
  });

  test.each(MISTAKES.filter(([, , says]) => says !== ''))('%s', (file, _text, says) => {
    const said = blocks.filter((block) => block.includes(`--> modules/${file}:`) && !block.includes('TypeScript'));
    expect(said).toHaveLength(1);
    if (typeof says === 'string') expect(said[0]).toBe(says);
    else expect(said[0]).toMatch(says);
  });

  test('an override of nothing, at its place in vrun.yml', () => {
    const said = blocks.filter((block) => block.includes('--> vrun.yml:1:')).join('\n');
    expect(said).toMatch(
      /no module ‹mute› to override\n +--> vrun.yml:1:20[\s\S]*no module ‹nginx›\n +--> vrun.yml:1:26/,
    );
  });

  test('nothing else', () => {
    expect(blocks.filter((block) => !block.includes('TypeScript'))).toHaveLength(MISTAKES.length + 1);
  });
});

test.each<[title: string, change: readonly [string, string], says: RegExp]>([
  [
    'a plan that throws',
    ['const result =', 'null.x; const result ='],
    /‹plan› of the module ‹hello› fails\n[\s\S]*modules\/hello.js:15:10/,
  ],
  ['a plan that gives none', ['return { changes: [], result };', 'return 1;'], /is no plan: \{ changes: \[\] \}/],
  ['a probe that is a text', ['sh`cat ${want.path} 2>/dev/null || true`', "'true'"], /no script made with sh`…`/],
  ['a plan that is asynchronous', ['plan: (have', 'plan: async (have'], /a promise, and nothing is waited for/],
  ['a change without steps', ['steps: [{ write }]', ''], /‹changes›, item 1 has no list ‹steps›/],
  ['a step that is none', ['{ write }', "{ run: 'reboot' }"], /a step 1 that is neither/],
  [
    'a word that no change has',
    ['steps: [{ write }]', "steps: [{ write }], provides: ['user:app']"],
    /item 1 has ‹provides›, and a change has only op, what, .*effects/,
  ],
  [
    'an effect that is none',
    ['steps: [{ write }]', "steps: [{ write }], effects: [{ makes: 'user:a' }, { makes: 'app' }]"],
    /has an effect 2 that makes ‹app›, which is no KIND:NAME with one of the kinds path, user/,
  ],
  [
    'an effect with a word too many',
    ['steps: [{ write }]', "steps: [{ write }], effects: [{ path: '/a', kind: 'directory', moed: 1 }]"],
    /an effect 1 that has ‹moed› \(for ‹mode›\?\), and an effect on a path has only path, kind/,
  ],
  [
    'a result that is not declared',
    ['words: want.greeting', 'wrods: want.greeting'],
    /Its ‹result› has ‹wrods›, and ‹results› has only words[\s\S]*Mend it in modules\/hello\.js/,
  ],
  [
    'a word that no plan has',
    ['return { changes: [{', 'return { failed: true, changes: [{'],
    /has ‹failed›, and a plan has only/,
  ],
  [
    'a mistyped mode',
    ['content: Content', "mod: '0644', content: Content"],
    /a step 1 that has ‹mod› \(for ‹mode›\?\), and ‹write› has only/,
  ],
  [
    'a mode that is a number',
    ['content: Content', 'mode: 0o644, content: Content'],
    /writes with the mode 420, which is no text: '0640'/,
  ],
  [
    'a Missing without its needs',
    ['parse: (out) => ', "parse: (out) => new Missing({ need: ['user:a'] }) ?? "],
    /‹parse› of the module ‹hello› fails[\s\S]*Missing takes a list of ‹needs›/,
  ],
])('%s is told as a failure of the task, in the dry run as in the run', (title, [from, to], says) => {
  const broken = new Project({ 'modules/hello.js': HELLO.replace(from, to) });
  broken.write('site.yml', runbook(`- name: A\n  hello: { path: ${join(broken.path, 'greeting')} }\n`));
  if (title === 'a plan that gives none') broken.write('greeting', 'Hello\n');
  for (const options of [['--check'], []]) {
    const { status, stdout, stderr } = broken.vrun('site.yml', ...options);
    expect(stdout + stderr).toMatch(says);
    expect(stdout).toContain('modules/hello.js');
    expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$|bug in vrun/m);
    expect(status).toBe(2);
  }
  broken.remove();
});

test.each<[title: string, change: readonly [string, string], says: RegExp]>([
  [
    'a name with what is not known',
    ['about: ', 'about: ({ greeting }) => [`path:/${greeting}`],\n  looksAt: '],
    /‹about› of the module ‹hello› [\s\S]*isn't known yet into a text: named/,
  ],
  [
    'a pending that gives nothing',
    ['about: ', 'pending: () => undefined,\n  about: '],
    /‹pending› [\s\S]*It gives no state/,
  ],
])('%s is told where it is asked for, in a dry run', (_title, [from, to], says) => {
  const broken = new Project({ 'modules/hello.js': HELLO.replace(from, to) });
  const path = join(broken.path, 'greeting');
  broken.write(
    'site.yml',
    runbook(`- name: A
  hello: { path: ${path} }
- name: What it says
  command: { argv: [cat, ${path}] }
  register: said
- name: B
  hello: { path: ${path}, greeting: "{{ said.stdout }}" }
- name: C
  hello: { path: ${path}, greeting: Good day }
`),
  );
  expect(broken.vrun('site.yml', '--check').stdout).toMatch(says);
  broken.remove();
});

test('one that reads nothing has no state, behind pending changes of a dry run neither', () => {
  const project = new Project({
    'modules/ring.js': `import { defineModule, sh, Type } from 'vrun';
export default defineModule({
  name: 'ring',
  summary: 'Ring',
  params: Type.Object({}),
  plan: () => ({ changes: [{ op: '!', what: 'ring', steps: [{ run: sh\`true\` }] }] }),
});
`,
  });
  project.write('site.yml', runbook('- name: A\n  ring: {}\n- name: B\n  ring: {}\n'));
  const { status, stdout } = project.vrun('site.yml', '--check');
  expect(stdout).not.toContain('error');
  expect(stdout).toContain('2 tasks would change');
  expect(status).toBe(0);
  project.remove();
});

test("what is wrong with one keeps nobody from reading about vrun's", () => {
  const broken = new Project({ 'modules/bad.js': '(', 'modules/hello.js': HELLO });
  expect(broken.vrun('doc', 'ufw')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^ufw: /) });
  expect(broken.vrun('doc', 'hello')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching('modules/bad.js'),
  });
  const list = broken.vrun('doc');
  expect(list).toMatchObject({ status: 1, stderr: expect.stringMatching('modules/bad.js') });
  expect(list.stdout).toMatch(/^ufw /m);
  broken.remove();
});

test("one stands in for vrun's where vrun.yml says so", () => {
  const own = HELLO.replace("name: 'hello'", "name: 'stat'");
  const said = lint({ 'modules/stat.js': own, 'vrun.yml': 'override_modules: stat\n' });
  expect(said).toBe('');
});

test('files beside a module that are none are left alone, and so is modules/ without a vrun.yml above it', () => {
  const besides = { 'modules/hello.test.js': '(', 'modules/README.md': '(', 'modules/lib/x.js': '(' };
  expect(lint({ 'modules/hello.js': HELLO, ...besides })).toBe('');
  const alone = new Project({ 'modules/hello.js': '(' });
  rmSync(join(alone.path, 'vrun.yml'));
  expect(alone.vrun('doc').status).toBe(0);
  alone.remove();
});

const strips = 'typescript' in process.features && process.features.typescript === 'strip';

test('TypeScript is read by a Node that strips types, and refused in plain words by an older one', () => {
  const typed = HELLO.replace('(have, want)', '(have: string, want)');
  const said = lint({ 'modules/hello.ts': typed });
  if (strips) expect(said).toBe('');
  else expect(said).toMatch(/‹hello› is TypeScript[\s\S]*modules\/hello.ts needs Node 22.18/);
  if (strips) expect(lint({ 'modules/hello.ts': 'enum A { B }\n' })).toMatch(/--> modules\/hello.ts:1:1\n[\s\S]*enum/);
});
