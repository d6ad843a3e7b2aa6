// `import … from 'vrun'`: the built library, in programs of its users.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HELLO, Project, runbook, VRUN } from '../custom-modules/project.ts';

const LIBRARY = fileURLToPath(new URL('../../dist/index.mjs', import.meta.url));

let project: Project;
beforeAll(() => {
  project = new Project({ 'modules/hello.js': HELLO });
  const greeting = `{ path: ${join(project.path, 'greeting')}, greeting: "{{ word }}" }`;
  project.write('site.yml', runbook(`- name: Greeting\n  hello: ${greeting}\n`));
  project.write('slow.yml', runbook('- name: Wait\n  command: sleep 8\n- name: After\n  debug: { msg: after }\n'));
  project.write('wrong.yml', runbook('- name: A\n  hello: {}\n- name: B\n  helo: {}\n'));
});
afterAll(() => project.remove());

/** Runs a program that imports vrun; what it writes as JSON is returned. It has to end by itself, and to say nothing else. */
function program(text: string): unknown {
  project.write('program.mjs', `import { loadRunbook, ProblemError, run } from ${JSON.stringify(LIBRARY)};\n${text}`);
  const { status, stdout, stderr } = project.node(['program.mjs']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

test('a runbook is loaded once, dry-run and run; events are those of the command line', () => {
  const said = program(`
const before = ['SIGINT', 'exit', 'uncaughtException'].map((name) => process.listenerCount(name));
const runbook = await loadRunbook('site.yml', { extraVars: { word: 'Hello' } });
const runs = [];
for (const options of [{ check: true }, {}, {}]) {
  const going = run(runbook, options);
  const types = [];
  let changes = [];
  for await (const event of going) {
    types.push(event.type);
    if (event.type === 'task.finished') changes.push(event.status);
  }
  const { status, hosts, record, problems, id } = await going.result;
  runs.push({ status, changes, types: [types[0], types.at(-1)], hosts: [...hosts.keys()], sealed: record.endsWith(id), problems });
}
const after = ['SIGINT', 'exit', 'uncaughtException'].map((name) => process.listenerCount(name));
console.log(JSON.stringify({ runs, hosts: runbook.hosts, warnings: runbook.warnings, unheard: JSON.stringify(before) === JSON.stringify(after), exitCode: process.exitCode ?? null }));
`);
  const whole = { types: ['run.started', 'run.finished'], hosts: ['localhost'], sealed: true, problems: [] };
  expect(said).toEqual({
    runs: [
      { ...whole, status: 'ok', changes: ['changed'] },
      { ...whole, status: 'ok', changes: ['changed'] },
      { ...whole, status: 'ok', changes: ['ok'] },
    ],
    hosts: ['localhost'],
    warnings: [],
    unheard: true,
    exitCode: null,
  });
  expect(readFileSync(join(project.path, 'greeting'), 'utf8')).toBe('Hello\n');
  const { status, stdout } = project.vrun('audit', 'verify');
  expect(status, stdout).toBe(0);
});

test('without a record nothing is kept', () => {
  const entries = () => readdirSync(join(project.path, '.vrun/log')).length;
  const before = entries();
  const said = program(`
const { status, record } = await run(await loadRunbook('site.yml', { extraVars: { word: 'Hello' } }), { record: false }).result;
console.log(JSON.stringify({ status, record: record ?? null }));
`);
  expect(said).toEqual({ status: 'ok', record: null });
  expect(entries()).toBe(before);
});

test('an option that there is not, and one of another kind, is a ProblemError before anything is begun', () => {
  const said = program(`
const summaries = (error) => error instanceof ProblemError ? error.problems.map(({ summary }) => summary) : String(error);
const loading = (...given) => loadRunbook(...given).then(() => 'loaded', summaries);
const attempt = (call) => { try { call(); return 'begun'; } catch (error) { return summaries(error); } };
const runbook = await loadRunbook('site.yml', { extraVars: { word: 'Hello' } });
console.log(JSON.stringify([
  await loading('site.yml', { limitt: 'nohost', tags: 'x', inventory: 5 }), await loading(), await loading('site.yml', 'hosts'),
  attempt(() => run(runbook, { chek: true, forks: 'x' })), attempt(() => run(runbook, { forks: 0 })), attempt(() => run({})),
]));
`);
  expect(said).toEqual([
    [
      'loadRunbook has no option ‹limitt›',
      '‹tags› of loadRunbook is a list of texts',
      '‹inventory› of loadRunbook is a text or a list of texts',
    ],
    ['loadRunbook takes the path of a runbook'],
    ['The options of loadRunbook are an object'],
    ['run has no option ‹chek›', '‹forks› of run is a whole number from 1 to 9999'],
    ['‹forks› of run is a whole number from 1 to 9999'],
    ['run takes what loadRunbook gave'],
  ]);
});

test('a rehearsal refuses what a run would', () => {
  project.write(
    'rehearsal.mjs',
    `import { defineModule, Missing, rehearse, sh, Type } from ${JSON.stringify(LIBRARY)};
const module = (given) => defineModule({ name: 'a', summary: 'a', params: Type.Object({}), plan: () => ({ changes: [] }), ...given });
const said = (given, rehearsal = {}) => { try { return rehearse(module(given), rehearsal); } catch (error) { return error.message; } };
const change = { op: '+', what: 'it', steps: [] };
console.log(JSON.stringify([
  said({}),
  said({ plan: () => ({ changes: [{ ...change, provides: ['user:a'] }] }) }),
  said({ plan: () => undefined }),
  said({ probe: () => sh\`true\`, parse: () => new Missing({ need: ['user:a'] }) }),
  said({ looksat: () => [] }),
  said({}, { outptu: {} }),
  said({}, { output: { stdot: 'x' } }),
]));`,
  );
  const { status, stdout, stderr } = project.node(['rehearsal.mjs']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    [],
    expect.stringMatching(/‹plan› of the module ‹a› .*has ‹provides›, and a change has only/),
    expect.stringMatching(/‹plan› of the module ‹a› .*It is no plan/),
    expect.stringMatching(/‹parse› of the module ‹a› fails: Missing takes a list of ‹needs›/),
    expect.stringMatching(/‹looksat› is no word of a module's definition/),
    'a rehearsal has only params, output, traits, and no ‹outptu›',
    expect.stringMatching(/^‹output› has only status, stdout, .* and no ‹stdot›$/),
  ]);
});

test('what is wrong is a ProblemError with every problem', () => {
  const said = program(`
const error = await loadRunbook('wrong.yml').catch((error) => error);
console.log(JSON.stringify([error instanceof ProblemError, error.problems.map(({ code, at }) => [code, at.line])]));
`);
  expect(said).toEqual([
    true,
    [
      ['missing-parameter', 6],
      ['unknown-module', 8],
    ],
  ]);
});

test('a signal ends the run as Ctrl-C does, and so does leaving the loop', () => {
  const said = program(`
const runbook = await loadRunbook('slow.yml');
const stop = new AbortController();
const going = run(runbook, { signal: stop.signal, record: false });
const seen = [];
for await (const event of going) {
  seen.push(event.type);
  if (event.type === 'task.applying') stop.abort();
}
const left = run(runbook, { record: false });
for await (const event of left) if (event.type === 'run.started') break;
console.log(JSON.stringify([(await going.result).status, seen.at(-1), (await left.result).status]));
`);
  expect(said).toEqual(['interrupted', 'run.finished', 'interrupted']);
});

test('a secret is in no event', () => {
  expect(project.vrun('secrets', 'init').status).toBe(0);
  project.write('plain', 'correct horse battery');
  const sealed = project
    .node([VRUN, 'secrets', 'encrypt', 'word'], 'correct horse battery')
    .stdout.replaceAll(/^(?=.)/gm, '    ');
  const echo = `- name: It\n  shell: { cmd: cat plain, chdir: ${project.path} }\n`;
  project.write('secret.yml', runbook(echo).replace('  tasks:', `  vars:\n${sealed}  tasks:`));
  const said = program(`
const events = [];
for await (const event of run(await loadRunbook('secret.yml'))) events.push(event);
console.log(JSON.stringify(events));
`);
  expect(JSON.stringify(said)).toContain('‹secret:word›');
  expect(JSON.stringify(said)).not.toContain('horse');
});

test('a project elsewhere is named by cwd; a secret among extraVars is refused before it is a mask', () => {
  const said = program(`
import { Secret } from ${JSON.stringify(LIBRARY)};
process.chdir('/');
const cwd = ${JSON.stringify(project.path)};
const { hosts } = await loadRunbook('site.yml', { cwd, extraVars: { word: 'Hello' } });
const error = await loadRunbook('site.yml', { cwd, extraVars: { word: [new Secret('pw', 'x')] } }).catch((error) => error);
console.log(JSON.stringify([hosts, error.problems]));
`);
  const hint = 'Put it into the inventory or a file of variables, encrypted: vrun secrets encrypt';
  expect(said).toEqual([['localhost'], [{ code: 'usage', summary: "extraVars can't hold the secret ‹pw›", hint }]]);
});

test('only what loadRunbook made is run', () => {
  const said = program(`
try { run({ file: 'site.yml' }); } catch (error) { console.log(JSON.stringify([error.name, error.message])); }
`);
  expect(said).toEqual(['ProblemError', 'run takes what loadRunbook gave']);
});
