// The README's picture, docs/run.svg: what a terminal shows of a real deployment to the lab's hosts, the long middle left out.
// node tests/demo/picture.js, as root, after `npm run build`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../lab/app-build.js';
import { down, ensureUp, reset } from '../lab/lab-api.js';
import { BUILDS } from '../lab/plan.js';
import { screenOf } from './screen.js';
import { svgOf } from './svg.js';

const COLUMNS = 100;
const HOSTS = ['lab1', 'lab2', 'lab3'];
const DEPLOY = 'runbooks/deploy.yml -i inventory/lab';
/** Tasks of the first host that are shown before the rest is left out. */
const SHOWN_TASKS = 3;

await ensureUp(HOSTS, (line) => console.error(line));
await reset(...HOSTS);
await buildApp({ out: BUILDS });
settle('runbooks/bootstrap.yml -i inventory/lab');
settle(DEPLOY);
await buildApp({ out: BUILDS, change: 'v2' });
const screen = screenOf(inTerminal(`${process.execPath} dist/vrun.js ${DEPLOY}`), COLUMNS);
writeFileSync('docs/run.svg', svgOf([...prompt(`vrun ${DEPLOY}`), ...abridged(screen)], COLUMNS));
await buildApp({ out: BUILDS }); // what the lab offers otherwise
await down(HOSTS);

/** @param {string} args  what makes the hosts ready, unseen */
function settle(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/vrun.js', ...args.split(' ')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`vrun ${args} ended with ${status}:\n${stdout}${stderr}`);
}

/**
 * @param {string} command
 * @returns {import('./screen.js').Span[][]}
 */
function prompt(command) {
  return [
    [
      { text: '$ ', style: { dim: true } },
      { text: command, style: { bold: true } },
    ],
    [],
  ];
}

/**
 * The beginning and, from the summary on, the end. How much was left out is said in its place.
 * @param {import('./screen.js').Span[][]} lines
 * @returns {import('./screen.js').Span[][]}
 */
function abridged(lines) {
  const texts = lines.map((spans) => spans.map(({ text }) => text).join(''));
  const tasks = texts.flatMap((text, index) => (text.startsWith('changed ') ? [index] : []));
  const from = tasks[SHOWN_TASKS] ?? 0;
  const to = texts.indexOf('Changed');
  if (from === 0 || to < from) throw new Error(`This is no deployment with a summary:\n${texts.join('\n')}`);
  return [
    ...lines.slice(0, from),
    [{ text: `    ⋮ ${to - from - 1} lines more`, style: { dim: true } }],
    [],
    ...lines.slice(to),
  ];
}

/**
 * What a command writes to a terminal of that width, byte by byte: util-linux's script(1) holds the other end.
 * @param {string} command
 */
function inTerminal(command) {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-picture-'));
  const file = join(directory, 'typescript');
  const sized = `stty cols ${COLUMNS} rows 50; exec ${command}`;
  const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: '' };
  const { status } = spawnSync('script', ['--quiet', '--return', '--flush', '--command', sized, file], {
    stdio: 'ignore',
    env,
  });
  const [, ...body] = readFileSync(file, 'utf8').split('\n');
  rmSync(directory, { recursive: true });
  const text = body.join('\n').replace(/\nScript done[\s\S]*$/, '');
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${text}`);
  return text;
}
