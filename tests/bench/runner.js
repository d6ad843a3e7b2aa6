// Runs one case: its sides in turn, so that whatever else the machine does meets all of them alike.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SLOW } from './cases.js';
import { fartherAway } from './delay.js';
import { lend, wayTo } from './hosts.js';
import { idleSince, loadAverage, processor, QUIET, quiet, ticks } from './load.js';
import { SCENES } from './scenes/index.js';
import { SIDES } from './sides/index.js';

/**
 * What the sides of a case find: where the hosts are, and what its scene has made ready.
 * @typedef {object} Stage
 * @property {import('./hosts.js').Way} way
 * @property {string} directory  for what has to be kept; vrun's project
 * @property {string} [runbook]  path
 * @property {boolean} [check]  whether vrun makes a dry run
 * @property {boolean} [usage]  whether its memory is measured, too, and a host that fails is a figure
 * @property {readonly string[]} [command]  vrun's, in place of a run
 * @property {ReadonlyMap<string, string>} [reads]  scripts by host: what vrun reads
 * @property {ReadonlyMap<string, string>} [scripts]  scripts by host: the set-up by hand
 * @property {ReadonlyMap<string, string>} [states]  what hosts are like once they are set up
 * @property {string} [site]  path of the nginx site that vrun writes
 * @property {string} [source]  what is copied
 * @property {string} [dest]  and where to
 * @property {string} [digest]  of it
 * @property {readonly string[]} [documents]  YAML
 *
 * @typedef {Record<string, number>} Figures  seconds; and what else a side tells: changed (tasks, on all hosts), failed (hosts),
 *   messages (the most of any host), files, megabytes. The runner adds cpu: seconds of its process and of those that it waited for
 *
 * @typedef {object} Side
 * @property {(stage: Stage) => Promise<Figures>} run
 *
 * @typedef {object} Scene
 * @property {(stage: Stage, each: import('./cases.js').Case) => Promise<Partial<Stage>>} prepare
 * @property {(stage: Stage, side: string) => Promise<void>} [before]  each run; its time doesn't count
 * @property {(stage: Stage, side: string) => Promise<void>} [after]  each run: throws unless all is as it should be
 * @property {(stage: Stage) => Promise<void>} [end]
 *
 * @typedef {object} Measured  one case
 * @property {string} name
 * @property {Record<string, Figures[]>} samples  by side
 * @property {{ before: { idle: number, average: number }, idle: number, average: number }} load  shares of 1, and load averages: before
 *   it began, and while it ran
 */

/**
 * @param {import('./cases.js').Case} each
 * @param {{ directory: string, runs: number, slow: number, say: (line: string) => void }} options  `slow`: at most so many runs of
 *   the sides that take long
 * @returns {Promise<Measured>}
 * @throws {Error} when a side fails, or isn't what its case expects
 */
export async function measure(each, { directory, runs, slow, say }) {
  const scene = SCENES[each.scene];
  const place = join(directory, each.name);
  await mkdir(place);
  const { hosts, release } = await lend(each.hosts);
  /** @type {(() => unknown)[]} */
  const endings = [release];
  try {
    /** @type {Stage} */
    let stage = { way: await wayTo(hosts, place), directory: place };
    endings.push(() => scene.end?.(stage));
    stage = { ...stage, ...(await scene.prepare(stage, each)) };
    if (each.delay) {
      const { way, end } = await fartherAway(hosts, each.delay, place);
      endings.push(end);
      stage = { ...stage, way };
    }
    const before = await quiet();
    if (before.idle < QUIET)
      say(`something else is at work: the processors are idle for only ${Math.round(before.idle * 100)} %`);
    const then = await ticks();
    const samples = await inTurn(each, { scene, stage, runs, slow, say });
    return { name: each.name, samples, load: { before, idle: await idleSince(then), average: await loadAverage() } };
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

async function inTurn(each, { scene, stage, runs, slow, say }) {
  /** @type {Record<string, Figures[]>} */
  const samples = Object.fromEntries(each.sides.map((name) => [name, []]));
  for (let turn = 0; turn < runs; turn += 1) {
    // Each begins in its turn: what the one before leaves behind on the machine isn't always the same side's.
    const first = turn % each.sides.length;
    for (const name of [...each.sides.slice(first), ...each.sides.slice(0, first)]) {
      if (SLOW.includes(name) && turn >= slow) continue;
      await scene.before?.(stage, name);
      const used = await processor();
      const figures = await SIDES[name].run(stage);
      const cpu = (await processor()) - used;
      holds(name, figures, each.expected);
      await scene.after?.(stage, name);
      samples[name].push(rounded({ ...figures, cpu }));
      say(`${each.name}, ${turn + 1} of ${runs}: ${name} ${figures.seconds.toFixed(2)} s`);
    }
  }
  return Object.fromEntries(Object.entries(samples).filter(([, figures]) => figures.length > 0));
}

/** @throws {Error} when a figure that a side tells isn't the one that was expected */
function holds(side, figures, expected = {}) {
  for (const [figure, wanted] of Object.entries(expected)) {
    if (figure in figures && figures[figure] !== wanted) {
      throw new Error(`${side}: ${figure} is ${figures[figure]} and should be ${wanted}`);
    }
  }
}

/** @returns {Figures} to a thousandth */
function rounded(/** @type {Figures} */ figures) {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, Math.round(figure * 1000) / 1000]));
}
