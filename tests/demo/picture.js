// The README's picture, docs/run.svg: what a terminal shows after a real run on the lab in which one file had drifted.
// node tests/demo/picture.js, as root, after `npm run build`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureUp, exec } from '../lab/lab-api.js';
import { screenOf } from './screen.js';
import { svgOf } from './svg.js';

const COLUMNS = 106;
const RUN = ['runbooks/bootstrap.yml', '-i', 'inventory/lab'];
const DRIFT = 'chmod 777 /etc/default/vantus';

await ensureUp(['lab1', 'lab2', 'lab3'], (line) => console.error(line));
const settled = spawnSync(process.execPath, ['dist/vrun.js', ...RUN], { encoding: 'utf8' });
if (settled.status !== 0) throw new Error(`The hosts did not converge:\n${settled.stdout}${settled.stderr}`);
await exec('lab1', DRIFT);

const shown = [
  { command: `npm run lab -- ssh lab1 sudo ${DRIFT}`, output: '' },
  { command: `vrun ${RUN.join(' ')}`, output: inTerminal(`${process.execPath} dist/vrun.js ${RUN.join(' ')}`) },
];
const lines = shown.flatMap(({ command, output }) => [
  [
    { text: '$ ', style: { dim: true } },
    { text: command, style: { bold: true } },
  ],
  ...(output === '' ? [] : screenOf(output, COLUMNS)),
]);
writeFileSync('docs/run.svg', svgOf(lines, COLUMNS));

/**
 * What a command writes to a terminal of that width, byte by byte: util-linux's script(1) holds the other end.
 * @param {string} command
 */
function inTerminal(command) {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-picture-'));
  const file = join(directory, 'typescript');
  const sized = `stty cols ${COLUMNS} rows 50; exec ${command}`;
  const env = { ...process.env, TERM: 'xterm-256color', NO_COLOR: '' };
  spawnSync('script', ['--quiet', '--return', '--flush', '--command', sized, file], { stdio: 'ignore', env });
  const [, ...body] = readFileSync(file, 'utf8').split('\n');
  rmSync(directory, { recursive: true });
  return body.join('\n').replace(/\nScript done[\s\S]*$/, '');
}
