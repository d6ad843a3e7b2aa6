// Runs that meet a fault: a bounded set with every `npm test`, all of them with `npm run faults`.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { borrow } from '../lab/lab-api.js';
import { type Outcome, Scene } from './scene.ts';
import { FAULTS } from './table.ts';

const ALL = process.env.VRUN_FAULTS === 'all';
/** Hosts at a time. */
const HOSTS = Number(process.env.VRUN_FAULTS_HOSTS ?? 3);

describeLab('a run that meets a fault', () => {
  const free: Scene[] = [];
  const waiting: ((scene: Scene) => void)[] = [];
  let release = () => {};
  beforeAll(async () => {
    const loan = await borrow(HOSTS);
    release = loan.release;
    free.push(...(await Promise.all(loan.names.map((name) => Scene.on(name)))));
  }, LAB_START_MS);
  afterAll(async () => {
    await Promise.all(free.map((scene) => scene.close()));
    release();
  });

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

  const faults = FAULTS.filter(({ bounded }) => ALL || bounded);
  for (const fault of faults) {
    test.concurrent(`${fault.group}: ${fault.title}`, async () => {
      const outcome: Outcome = await withScene((scene) => scene.suffer(fault.trial));
      if (process.env.VRUN_FAULTS_LOG)
        console.log(fault.title, outcome.status, outcome.seconds.toFixed(1), outcome.lost, outcome.apart);
      const { status, lost, apart, output } = outcome;
      expect({ status, lost, apart }, output).toEqual({ status: fault.status, lost: [], apart: undefined });
    }, 600_000);
  }
});
