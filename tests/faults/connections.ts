// Connections that fail: each phase of a run, each way in which a network fails.
import type { Event } from '../../engine/event/event.ts';
import type { Harm } from './proxy.ts';
import type { Moment, Trial } from './scene.ts';
import type { Fault } from './table.ts';

interface Way {
  readonly title: string;
  readonly harm: Harm;
  readonly lasting: boolean;
}

const WAYS = {
  cut: { title: 'cut once', harm: 'cut', lasting: false },
  gone: { title: 'cut, and refused from then on', harm: 'cut', lasting: true },
  still: { title: 'silent, while a new one would work', harm: 'silent', lasting: false },
  hole: { title: 'silent for good', harm: 'silent', lasting: true },
} as const satisfies Record<string, Way>;

interface Phase extends Pick<Trial, 'pause' | 'timeout' | 'given'> {
  readonly title: string;
  readonly moment: Moment;
  /** The exit status that each way leads to, and the seconds within which. */
  readonly expected: Readonly<Record<keyof typeof WAYS, readonly [status: number, within: number]>>;
  /** Ways that are tried in the bounded set, too. */
  readonly bounded?: readonly (keyof typeof WAYS)[];
}

const finished = (name: string) => (event: Event) =>
  (event.type === 'task.finished' || event.type === 'handler.finished') && event.task.name === name;

/** Seconds for a connection that says nothing to be given up: keepalives. */
const SILENCE = 90;

const PHASES: readonly Phase[] = [
  {
    title: 'as it is dialled',
    moment: { wire: 'dial' },
    expected: { cut: [0, 30], gone: [4, 15], still: [4, 15], hole: [4, 15] },
    bounded: ['cut', 'hole'],
  },
  {
    title: 'in the key exchange',
    moment: { wire: 'key exchange' },
    expected: { cut: [0, 30], gone: [4, 15], still: [4, 15], hole: [4, 15] },
    bounded: ['cut'],
  },
  {
    title: 'in the login',
    moment: { wire: 'login' },
    expected: { cut: [0, 30], gone: [4, 15], still: [4, 15], hole: [4, 15] },
    bounded: ['cut', 'hole'],
  },
  {
    title: 'while the shell is opened',
    moment: { rings: 'opening' },
    expected: { cut: [0, 30], gone: [4, 30], still: [0, SILENCE], hole: [4, SILENCE] },
    bounded: ['cut'],
  },
  {
    title: 'in a script that reads',
    moment: { rings: 'reading' },
    expected: { cut: [0, 30], gone: [4, 30], still: [0, SILENCE], hole: [4, SILENCE] },
    bounded: ['cut', 'gone'],
  },
  {
    title: 'while a file is written',
    moment: { rings: 'writing' },
    expected: { cut: [0, 30], gone: [4, 30], still: [0, SILENCE], hole: [4, SILENCE] },
    bounded: ['cut'],
  },
  {
    title: 'between two messages',
    moment: { event: finished('Settings') },
    pause: 1,
    expected: { cut: [0, 30], gone: [4, 30], still: [0, SILENCE], hole: [4, SILENCE] },
    bounded: ['gone'],
  },
  {
    title: 'in a command that acts',
    moment: { rings: 'acting' },
    expected: { cut: [4, 30], gone: [4, 30], still: [4, SILENCE], hole: [4, SILENCE] },
    bounded: ['cut'],
  },
  {
    title: 'in a command that acts and has `timeout: 5`',
    moment: { rings: 'acting' },
    timeout: 5,
    expected: { cut: [4, 20], gone: [4, 20], still: [4, 20], hole: [4, 20] },
    bounded: ['hole'],
  },
  {
    title: 'while a large file is sent',
    moment: { wire: 'upload' },
    expected: { cut: [4, 30], gone: [4, 30], still: [4, SILENCE], hole: [4, SILENCE] },
    bounded: ['cut'],
  },
  {
    title: 'in a handler',
    moment: { rings: 'handling' },
    expected: { cut: [4, 30], gone: [4, 30], still: [4, SILENCE], hole: [4, SILENCE] },
    bounded: ['gone'],
  },
  {
    title: 'before the note of a handler is removed',
    moment: { event: finished('Close') },
    pause: 1,
    expected: { cut: [4, 30], gone: [4, 30], still: [4, SILENCE], hole: [4, SILENCE] },
  },
  {
    title: 'at the close',
    moment: { event: (event) => event.type === 'play.finished' },
    given: ({ proxy }) => proxy.slow({ delay: 300 }), // so that it isn't over before the fault comes
    expected: { cut: [0, 15], gone: [0, 15], still: [0, 15], hole: [0, 15] },
    bounded: ['cut'],
  },
];

/** Every phase in every way. */
export const CONNECTIONS: readonly Fault[] = PHASES.flatMap(({ title, expected, bounded, ...phase }) =>
  Object.entries(WAYS).map(([key, way]): Fault => {
    const name = key as keyof typeof WAYS; // Object.entries forgets the names
    const [status, within] = expected[name];
    return {
      group: 'connections',
      title: `${title}: ${way.title}`,
      bounded: bounded?.includes(name) ?? false,
      status,
      trials: [{ ...phase, within, act: (_run, { proxy }) => proxy.harm(way) }],
    };
  }),
);

/** Networks that are only slow. */
export const SLOWNESS: readonly Fault[] = [
  { title: 'every byte comes 300 ms late', slow: { delay: 300 } },
  { title: '100 kB a second', slow: { bytesPerSecond: 100_000 } },
].map(({ title, slow }) => ({
  group: 'connections',
  title: `all along: ${title}`,
  bounded: false,
  status: 0,
  trials: [{ moment: 'start', within: 300, act: (_run, { proxy }) => proxy.slow(slow) }],
}));
