// Every awkward situation that transcripts are recorded in, brought about on a real host: whatever a module then plans,
// its steps succeed and a second plan finds nothing left to do but acts.
import { expect, test } from 'vitest';
import { Missing, type Module, type Plan } from '../../engine/module/index.ts';
import { prepareSteps } from '../../engine/run/message/steps.ts';
import apt from '../../modules/apt/apt.ts';
import authorizedKey from '../../modules/authorized-key/authorized-key.ts';
import blockinfile from '../../modules/blockinfile/blockinfile.ts';
import copy from '../../modules/copy/copy.ts';
import cron from '../../modules/cron/cron.ts';
import file from '../../modules/file/file.ts';
import git from '../../modules/git/git.ts';
import group from '../../modules/group/group.ts';
import hostname from '../../modules/hostname/hostname.ts';
import lineinfile from '../../modules/lineinfile/lineinfile.ts';
import nginx from '../../modules/nginx/nginx.ts';
import release from '../../modules/release/release.ts';
import sync from '../../modules/sync.ts';
import systemd from '../../modules/systemd/systemd.ts';
import template from '../../modules/template/template.ts';
import timezone from '../../modules/timezone/timezone.ts';
import ufw from '../../modules/ufw/ufw.ts';
import unarchive from '../../modules/unarchive/unarchive.ts';
import user from '../../modules/user/user.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { exec, reset } from '../lab/lab-api.js';
import { lent } from '../lab/lent.ts';
import { bind, output } from '../modules/harness/bind.ts';
import type { Situation } from '../modules/harness/situation.ts';
import { situations } from '../modules/harness/situations.ts';
import { compact } from '../modules/harness/table.ts';

const MODULES: readonly Module[] = [
  ...[apt, authorizedKey, blockinfile, copy, cron, file, git, group, hostname, lineinfile, nginx, systemd, template],
  ...[release, sync, timezone, ufw, unarchive, user],
];

describeLab('in every situation a change is made once', () => {
  const lab = lent();

  for (const module of MODULES) {
    for (const situation of situations.get(module.name) ?? []) {
      // Unprivileged situations are about reading; their steps are refused by the host.
      if (situation.as === undefined)
        test(`${module.name}: ${situation.title}`, () => settle(module, situation, lab.host));
    }
  }
});

async function settle(module: Module, situation: Situation, host: string): Promise<void> {
  await reset(host);
  if (situation.given) expect(await exec(host, `set -e\n${situation.given}`)).toMatchObject({ status: 0 });
  const left: unknown[] = [];
  for (const params of situation.wants) {
    const want = bind(module, params, situation.local);
    const plan = await planOn(module, want, host);
    if (plan === undefined || plan.failure || plan.foretold) continue;
    const failed = await perform(plan, host);
    if (failed !== undefined && situation.refuses?.test(failed)) continue;
    const again = failed ?? (await planOn(module, want, host));
    const rest = typeof again === 'string' ? again : again && leftOver(again);
    if (rest !== undefined && rest.length > 0) left.push({ params, planned: compact(plan), rest });
  }
  expect(left).toEqual([]);
}

/** Undefined when something is missing that the task needs. */
async function planOn(module: Module, want: unknown, host: string): Promise<Plan | undefined> {
  const script = module.probe([want]);
  const said = script ? await sent(host, script.text, module.input([want])?.bytes()) : {};
  const [have] = module.parse(output(said), [want]);
  if (have instanceof Missing) return have.without && module.plan(have.without.state, want);
  return module.plan(have, want);
}

/** What the first failing step said. */
async function perform(plan: Plan, host: string): Promise<string | undefined> {
  for (const { frame } of plan.changes.flatMap((change) => prepareSteps(change, undefined))) {
    const { stdin } = frame;
    if (stdin && !(stdin instanceof Uint8Array)) throw new Error('a situation is small');
    const { status, stderr } = await sent(host, frame.script, stdin);
    if (status !== 0) return `status ${status}: ${stderr}`;
  }
  return undefined;
}

/** Runs a script as the engine does. */
function sent(host: string, text: string, stdin: Uint8Array = Buffer.alloc(0)): ReturnType<typeof exec> {
  const script = `cd /; umask 022; export LC_ALL=C.UTF-8 LOGNAME=root\n${text}`;
  const quoted = `'${script.replaceAll("'", `'\\''`)}'`;
  return exec(host, `echo ${Buffer.from(stdin).toString('base64')} | base64 -d | sh -c ${quoted}`);
}

function leftOver(plan: Plan): readonly string[] {
  const changes = plan.changes.filter((change) => change.op !== '!');
  return [...compact({ changes }), ...(plan.failure ? [plan.failure.summary] : [])];
}
