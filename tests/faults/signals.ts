// Signals to vrun: once the message in flight is waited for, twice nothing is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Moment, Trial } from './scene.ts';
import type { Fault } from './table.ts';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const HOLE = { harm: 'silent', lasting: true } as const;

/** What the host's answer takes once the signal was sent, in milliseconds. */
const AT_WORK = 1500;

interface Row extends Pick<Trial, 'pause' | 'timeout'> {
  readonly title: string;
  readonly moment: Moment;
  readonly signals?: readonly Signal[];
  /** The network falls silent with the signal. */
  readonly silent?: true;
  /** Milliseconds that the host is at work afterwards. */
  readonly work?: number;
  readonly within: number;
  readonly bounded?: true;
}

const TWICE = ['SIGINT', 'SIGINT'] as const;

const ROWS: readonly Row[] = [
  {
    title: 'Ctrl-C in the key exchange with a host that is silent',
    moment: { wire: 'key exchange' },
    silent: true,
    within: 15,
  },
  { title: 'Ctrl-C while the shell is opened', moment: { rings: 'opening' }, work: AT_WORK, within: 20 },
  { title: 'Ctrl-C in a script that reads', moment: { rings: 'reading' }, work: AT_WORK, within: 20 },
  { title: 'Ctrl-C while a file is written', moment: { rings: 'writing' }, work: AT_WORK, within: 20, bounded: true },
  { title: 'Ctrl-C in a command that acts', moment: { rings: 'acting' }, work: AT_WORK, within: 20, bounded: true },
  {
    title: 'SIGTERM in a command that acts',
    moment: { rings: 'acting' },
    signals: ['SIGTERM'],
    work: AT_WORK,
    within: 20,
    bounded: true,
  },
  {
    title: 'SIGHUP in a command that acts',
    moment: { rings: 'acting' },
    signals: ['SIGHUP'],
    work: AT_WORK,
    within: 20,
  },
  {
    title: 'Ctrl-C in a pause',
    moment: { event: (event) => event.type === 'task.finished' && event.task.name === 'Settings' },
    pause: 3,
    within: 15,
  },
  { title: 'Ctrl-C while a large file is sent', moment: { wire: 'upload' }, within: 20 },
  { title: 'Ctrl-C in a handler', moment: { rings: 'handling' }, work: AT_WORK, within: 20 },
  {
    title: 'Ctrl-C while the shell is opened by a host that is silent',
    moment: { rings: 'opening' },
    silent: true,
    within: 15,
  },
  {
    title: 'Ctrl-C in a command that acts, on a host that is silent',
    moment: { rings: 'acting' },
    silent: true,
    within: 15,
  },
  {
    title: 'Ctrl-C while a large file is sent to a host that is silent',
    moment: { wire: 'upload' },
    silent: true,
    within: 15,
  },
  {
    title: 'Ctrl-C twice while the shell is opened',
    moment: { rings: 'opening' },
    signals: TWICE,
    work: 6000,
    within: 5,
  },
  {
    title: 'Ctrl-C twice in a command that acts',
    moment: { rings: 'acting' },
    signals: TWICE,
    work: 6000,
    within: 5,
    bounded: true,
  },
  { title: 'Ctrl-C twice while a large file is sent', moment: { wire: 'upload' }, signals: TWICE, within: 5 },
  {
    title: 'Ctrl-C twice in a command that acts, on a host that is silent',
    moment: { rings: 'acting' },
    signals: TWICE,
    silent: true,
    within: 5,
    bounded: true,
  },
];

export const SIGNALS: readonly Fault[] = ROWS.map(
  ({ title, signals = ['SIGINT'], silent, work = 0, bounded = false, ...trial }) => ({
    group: 'signals',
    title,
    bounded,
    status: 130,
    trials: [
      {
        ...trial,
        act: async ({ child }, { proxy }) => {
          if (silent) proxy.harm(HOLE);
          for (const [index, signal] of signals.entries()) {
            if (index > 0) await sleep(200); // two that come at once are one
            child.kill(signal);
          }
          await sleep(work);
        },
      },
    ],
  }),
);
