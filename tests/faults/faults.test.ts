// Runs that meet a fault: a bounded set with every `npm test`, all of them with `npm run faults`, which writes the page.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow } from '../lab/lab-api.js';
import { reliabilityPage } from './page.ts';
import { type Outcome, Scene, type Trial } from './scene.ts';
import { FAULTS, type Fault } from './table.ts';

const ALL = process.env.VRUN_FAULTS === 'all';
/** Hosts at a time: the trials mostly wait. */
const HOSTS = Number(process.env.VRUN_FAULTS_HOSTS ?? (ALL ? 5 : 4));
const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

describeLab('a run that meets a fault', () => {
  const free: Scene[] = [];
  const waiting: ((scene: Scene) => void)[] = [];
  const outcomes = new Map<Fault, Outcome[]>();
  let release = () => {};
  beforeAll(async () => {
    const loan = await borrow(HOSTS);
    release = loan.release;
    free.push(...(await Promise.all(loan.names.map((name) => Scene.on(name)))));
  }, LAB_START_MS);
  afterAll(async () => {
    await Promise.all(free.map((scene) => scene.close()));
    release();
    const whole = FAULTS.every((fault) => outcomes.get(fault)?.length === fault.trials.length);
    if (ALL && whole) writeFileSync(PAGE, reliabilityPage(outcomes));
  }, LAB_START_MS);

  async function withScene<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
    const scene = free.pop() ?? (await new Promise<Scene>((resolve) => waiting.push(resolve)));
    try {
      return await work(scene);
    } finally {
      const next = waiting.shift();
      if (next) next(scene);
      else free.push(scene);
    }
  }

  async function hold(fault: Fault, trial: Trial): Promise<void> {
    const outcome = await withScene((scene) => scene.suffer(trial));
    outcomes.set(fault, [...(outcomes.get(fault) ?? []), outcome]);
    const { status, lost, apart, output } = outcome;
    const expected = { status: expect.toBeOneOf([fault.status].flat()), lost: [], apart: undefined };
    expect({ status, lost, apart }, output).toEqual(expected);
  }

  for (const fault of FAULTS.filter(({ bounded }) => ALL || bounded)) {
    const trials = ALL ? fault.trials : fault.trials.slice(0, fault.few);
    trials.forEach((trial, index) => {
      const number = trials.length > 1 ? `, ${index + 1}` : '';
      test.concurrent(`${fault.group}: ${fault.title}${number}`, () => hold(fault, trial), 900_000);
    });
  }
});
