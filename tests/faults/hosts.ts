// Hosts that go away: rebooted, their power cut, their link down, their sshd and their shells killed; and a host so busy
// that each opening takes twenty seconds.
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { down, ensureUp } from '../lab/lab-api.js';
import { until } from '../lab/must-hold/project.ts';
import type { Moment, Scene, Trial } from './scene.ts';
import type { Fault } from './table.ts';

/** The controller's end of the host's cable. */
function link(scene: Scene, state: 'up' | 'down'): void {
  const { status, stderr } = spawnSync('ip', ['link', 'set', `vb-${scene.host}`, state], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Every process of the runs' shells, at once, so that none can do anything at its end. */
const KILL_SHELLS = `pids=; for p in /proc/[0-9]*; do
tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q '^sh *$' && pids="$pids \${p#/proc/}"; done; kill -KILL $pids`;

async function served(scene: Scene): Promise<void> {
  await ensureUp([scene.host]);
  await until(
    async () => (await scene.root('systemctl is-system-running || :')).match(/running|degraded/) !== null,
    60,
  );
  await scene.furnish();
}

interface Row extends Pick<Trial, 'given' | 'act' | 'mend' | 'pause'> {
  readonly title: string;
  readonly moment: Moment;
  readonly status: Fault['status'];
  readonly within: number;
  readonly bounded?: true;
}

/** The host boots at once, without an orderly end. */
const reboot = (scene: Scene) => void scene.root('systemctl reboot --force --force').catch(() => undefined);

const ROWS: readonly Row[] = [
  ...(['reading', 'writing', 'acting', 'handling'] as const).map(
    (rings): Row => ({
      title: `the host boots anew: ${{ reading: 'in a script that reads', writing: 'while a file is written', acting: 'in a command that acts', handling: 'in a handler' }[rings]}`,
      moment: { rings },
      act: async (_run, scene) => {
        reboot(scene);
        await sleep(30_000);
      },
      mend: served,
      // One that has come back before the tries are over is logged in to anew, as after any connection that is lost.
      status: rings === 'reading' ? [0, 4] : 4,
      within: 120,
    }),
  ),
  {
    title: 'the power of the host is cut, and it comes back empty',
    moment: { rings: 'writing' },
    act: async (_run, { host }) => void (await down([host])),
    mend: async (scene) => {
      await served(scene);
      await scene.root('mkdir -p /opt/faults');
    },
    status: 4,
    within: 120,
  },
  {
    title: 'the link is down for five seconds, in a command that acts',
    moment: { rings: 'acting' },
    act: async (_run, scene) => {
      link(scene, 'down');
      await sleep(5000);
      link(scene, 'up');
    },
    status: 0,
    within: 60,
  },
  {
    title: 'the link is down for good, in a command that acts',
    moment: { rings: 'acting' },
    act: (_run, scene) => link(scene, 'down'),
    mend: (scene) => link(scene, 'up'),
    status: 4,
    within: 100,
  },
  {
    title: 'sshd is started anew, in a command that acts',
    moment: { rings: 'acting' },
    act: async (_run, scene) => void (await scene.root('systemctl restart ssh')),
    status: 0,
    within: 30,
    bounded: true,
  },
  {
    title: 'every sshd is killed, in a command that acts',
    moment: { rings: 'acting' },
    act: async (_run, scene) => void (await scene.root('pkill -KILL sshd; sleep 0.2; systemctl restart ssh')),
    status: 4,
    within: 30,
    bounded: true,
  },
  {
    title: "the host's shells are killed while a file is written",
    moment: { rings: 'writing' },
    act: async (_run, scene) => void (await scene.root(KILL_SHELLS)),
    status: 4,
    within: 30,
    bounded: true,
  },
  {
    title: 'the host is so busy that each opening takes 20 s',
    given: async (scene) => {
      scene.inventory({ connect_timeout: 10 }); // what it is without being set
      await scene.root('touch /run/slow-openings');
      scene.undo(() => scene.root('rm -f /run/slow-openings'));
    },
    moment: 'start',
    act: () => undefined,
    mend: async (scene) => void (await scene.root('rm -f /run/slow-openings')),
    status: 0,
    within: 150,
  },
];

export const HOSTS: readonly Fault[] = ROWS.map(({ title, status, bounded = false, ...trial }) => ({
  group: 'hosts',
  title,
  bounded,
  status,
  trials: [trial],
}));
