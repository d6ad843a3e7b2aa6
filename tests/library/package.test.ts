// The package as npm makes and installs it: nothing is fetched, the command works from another directory, and the library is
// imported, with its types, by who depends on it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HELLO, Project, runbook } from '../custom-modules/project.ts';
import { ROOT } from '../docs/markdown.ts';

const NPM = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];

let place = '';
let tarball = '';
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'vrun-package-'));
  execFileSync('npm', ['pack', ...NPM, '--pack-destination', place], { cwd: ROOT });
  tarball = join(place, readdirSync(place).find((name) => name.endsWith('.tgz')) ?? '');
  execFileSync('npm', ['install', ...NPM, '--global', '--prefix', join(place, 'global'), tarball], { cwd: place });
});
afterAll(() => rmSync(place, { recursive: true }));

test('installed for all of a machine it runs, with modules of a project that knows nothing of it', () => {
  const installed = join(place, 'global/lib/node_modules');
  expect(readdirSync(installed)).toEqual(['vrun']);
  expect(readdirSync(join(installed, 'vrun'))).not.toContain('node_modules');
  const project = new Project({ 'modules/hello.js': HELLO });
  project.write('site.yml', runbook(`- name: Greeting\n  hello: { path: ${join(project.path, 'greeting')} }\n`));
  const vrun = join(place, 'global/bin/vrun');
  const { status, stdout, stderr } = spawnSync(vrun, ['lint', 'site.yml'], { cwd: project.path, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1 runbook: no errors\n', stderr: '' });
  expect(project.node([vrun, 'site.yml']).stdout).toMatch(/^ok in .* 1 task changed on 1 host$/m);
  project.remove();
});

const SAMPLE = `import { defineModule, type Event, loadRunbook, type Module, ProblemError, rehearse, run, sh, Type } from 'vrun';

const hello: Module = defineModule({
  name: 'hello',
  summary: 'Keep a greeting',
  params: Type.Object({ greeting: Type.String({ description: 'What is said' }) }),
  probe: (want) => sh\`echo \${want.greeting}\`,
  parse: (out): string => out.stdout,
  plan: (have, want) => ({
    changes: have === want.greeting ? [] : [{ op: '~', what: 'greeting', steps: [{ run: sh\`true\` }] }],
  }),
});
const lines: readonly string[] = rehearse(hello, { params: { greeting: 'a' } });

export async function deploy(signal: AbortSignal): Promise<string> {
  const runbook = await loadRunbook('deploy.yml', { inventory: 'hosts.yml', extraVars: { lines: [...lines] } });
  const going = run(runbook, { check: true, signal });
  for await (const event of going) seen(event);
  const { status, hosts } = await going.result;
  const changed: number | undefined = hosts.get('web1')?.changed;
  return \`\${status} \${changed}\`;
}

function seen(event: Event): void {
  if (event.type === 'task.finished') console.log(event.host, event.status);
}

export const problems = (error: unknown) => (error instanceof ProblemError ? error.problems : []);
`;

test('a project that depends on it imports it, with its types', () => {
  const consumer = join(place, 'consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  execFileSync('npm', ['install', ...NPM, tarball], { cwd: consumer });
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2023',
    noEmit: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    typeRoots: [join(ROOT, 'node_modules/@types')],
    types: ['node'],
  };
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['sample.ts'] }));
  const check = (sample: string) => {
    writeFileSync(join(consumer, 'sample.ts'), sample);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [tsc, '--project', consumer], { encoding: 'utf8' }).stdout;
  };
  expect(check(SAMPLE)).toBe('');
  expect(check(SAMPLE.replace('echo ${want.greeting}', 'echo ${want.greting}'))).toMatch(/'greting' does not exist/);
  writeFileSync(
    join(consumer, 'names.js'),
    "import * as vrun from 'vrun';\nconsole.log(Object.keys(vrun).join(' '));\n",
  );
  const names = execFileSync(process.execPath, ['names.js'], { cwd: consumer, encoding: 'utf8' });
  for (const name of ['defineModule', 'loadRunbook', 'run', 'sh', 'Type', 'rehearse', 'ProblemError']) {
    expect(names.trim().split(' ')).toContain(name);
  }
});
