// The controller dies, or is told to stop, in the middle of a run.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeLab } from '../describe-lab.ts';
import { exec } from '../lab-api.js';
import { lent } from '../lent.ts';
import { exitOf, LabProject, outputOf, until, VRUN } from './project.ts';

const RUNBOOK = `
- name: Slow
  hosts: all
  become: true
  defaults: { seconds: 2 }
  tasks:
    - name: Settings
      copy: { dest: /opt/must/settings, content: "new" }
      notify: Restart
    - name: In flight
      shell: { cmd: "echo begun >>/opt/must/log; sleep {{ seconds }}; echo ended >>/opt/must/log", creates: /opt/must/done }
    - name: Done
      file: { path: /opt/must/done, state: directory }
  handlers:
    - name: Restart
      shell: { cmd: "echo restarted >>/opt/must/log" }
`;

describeLab('a run that does not come to its end', () => {
  let project = new LabProject();
  const lab = lent();
  beforeEach(async () => {
    project = new LabProject({ 'site.yml': RUNBOOK });
    await exec(lab.host, 'rm -rf /opt/must /run/vrun.lock /var/lib/vrun; mkdir /opt/must');
  });
  afterEach(() => project.remove());

  const log = async () => (await exec(lab.host, 'cat /opt/must/log 2>/dev/null')).stdout;
  const begun = () => until(async () => (await log()).includes('begun'));

  test('killed: the next run converges, runs the handler and says so, finds no lock in its way, the record verifies', async () => {
    const child = project.start(['site.yml', '-i', lab.inventory, '--output', 'json']);
    const output = outputOf(child);
    const ended = exitOf(child);
    await begun();
    child.kill('SIGKILL');
    expect(await ended).toBe(128);
    expect(await output.stdout).toContain('"task.applying"');
    const journal = project.journals().at(-1) ?? '';
    const text = readFileSync(journal, 'utf8');
    expect(text).toContain('echo begun'); // the steps in flight are named, their outcome isn't there
    expect(text).not.toContain('"run.finished"');

    const run = await project.json('site.yml', '-i', lab.inventory);
    expect(run.status, run.stderr + run.stdout).toBe(0);
    expect(run.named(lab.host, 'changed')).toEqual(expect.arrayContaining(['Restart']));
    expect(run.named(lab.host, 'ok')).toContain('Settings');
    expect(run.events.find((event) => event.type === 'host.recovered')).toMatchObject({ handlers: ['Restart'] });
    expect(await log()).toMatch(/restarted\n$/);
    expect((await exec(lab.host, 'ls -d /run/vrun.lock; ls /var/lib/vrun/handlers; ls -A /opt/must')).stdout).toBe(
      'done\nlog\nsettings\n',
    );

    const verified = await project.vrun('audit', 'verify');
    expect(verified.status, verified.stdout + verified.stderr).toBe(0);
    const report = readFileSync(join(dirname(project.journals().at(-1) ?? ''), 'report.md'), 'utf8');
    expect(report).toContain('Restart');
    const again = await project.json('site.yml', '-i', lab.inventory);
    expect(again.totals(lab.host)).toMatchObject({ changed: 0, messages: 1 });
  });

  test('Ctrl-C at a terminal: the message in flight finishes, the record is sealed as interrupted, 130', async () => {
    // A terminal of its own, so that Ctrl-C is what a person's is: a byte that the kernel turns into SIGINT.
    const terminal = spawn('python3', ['-c', PTY, process.execPath, VRUN, 'site.yml', '-i', lab.inventory], {
      cwd: project.directory,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = outputOf(terminal);
    const ended = exitOf(terminal);
    await begun();
    terminal.stdin.write('\x03');
    terminal.stdin.end();
    const printed = (await output.stdout) + (await output.stderr);
    expect(await ended, printed).toBe(130);
    expect(printed).toContain('Interrupted');
    expect(await log()).toBe('begun\nended\n');
    expect((await exec(lab.host, 'ls -d /opt/must/done /run/vrun.lock')).stdout).toBe('');

    const seal = JSON.parse(readFileSync(project.entries().at(-1) ?? '', 'utf8').split('\n')[0] ?? '');
    expect(seal.predicate).toMatchObject({ kind: 'seal', status: 'interrupted' });
    expect((await project.vrun('audit', 'verify')).status).toBe(0);
    expect(existsSync(join(dirname(project.journals().at(-1) ?? ''), 'report.md'))).toBe(true);

    const next = await project.json('site.yml', '-i', lab.inventory);
    expect(next.status, next.stderr).toBe(0);
    expect(next.named(lab.host, 'changed')).toContain('Restart');
    expect(next.events.find((event) => event.type === 'host.recovered')).toMatchObject({ staleLock: null });
  });

  test('two runs at the same time on one host: one works, the other is told who does, and exits with 2', async () => {
    const first = project.start(['site.yml', '-i', lab.inventory, '--output', 'json', '-e', 'seconds=8']);
    const output = outputOf(first);
    const ended = exitOf(first);
    await begun();
    const other = new LabProject({ 'site.yml': RUNBOOK });
    const second = await other.json('site.yml', '-i', lab.inventory);
    expect(second.status, second.stdout).toBe(2);
    const failure = second.events.find((event) => event.type === 'host.failed')?.failure;
    expect(failure).toMatchObject({ code: 'locked' });
    expect(failure?.detail).toMatch(/held by \S+@\S+, from \S+, since \d{4}-\d\d-\d\dT.*Z, run \S+\.$/);
    const dry = await other.json('site.yml', '-i', lab.inventory, '--check');
    expect(dry.status, dry.stdout).toBe(0);
    other.remove();
    expect(await ended, await output.stderr).toBe(0);
    expect((await exec(lab.host, 'ls -d /run/vrun.lock')).stdout).toBe('');
    expect(await log()).toBe('begun\nended\nrestarted\n');
  });

  test('many runs racing for one host: never two at work', async () => {
    const race = new LabProject({
      'site.yml': `
- name: Alone
  hosts: all
  become: true
  tasks:
    - shell: { cmd: "mkdir /opt/must/alone || echo two >>/opt/must/log; sleep 0.3; rmdir /opt/must/alone" }
`,
    });
    // A lock left behind by a dead run, which all of them find at once.
    await exec(
      lab.host,
      'mkdir /run/vrun.lock; printf "999999\\n1\\ndead\\nbob\\nlaptop\\n2026\\n" >/run/vrun.lock/holder',
    );
    const runs = await Promise.all(Array.from({ length: 5 }, () => race.json('site.yml', '-i', lab.inventory)));
    expect(await log()).toBe('');
    expect(runs.map(({ status }) => status).filter((status) => status !== 0 && status !== 2)).toEqual([]);
    expect(runs.some(({ status }) => status === 0)).toBe(true);
    expect((await exec(lab.host, 'ls -d /run/vrun.lock*')).stdout).toBe('');
    expect((await race.vrun('audit', 'verify')).status).toBe(0);
    race.remove();
  });

  test('a second Ctrl-C drops the connection where it is: still 130, still a record that verifies', async () => {
    const child = project.start(['site.yml', '-i', lab.inventory, '-e', 'seconds=7']);
    const output = outputOf(child);
    const ended = exitOf(child);
    await begun();
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 200));
    child.kill('SIGINT');
    const since = Date.now();
    const printed = (await output.stdout) + (await output.stderr);
    expect(await ended, printed).toBe(130);
    expect(Date.now() - since).toBeLessThan(4000);
    expect((await project.vrun('audit', 'verify')).status).toBe(0);
  });
});

/** Runs its arguments on a pseudo-terminal, passes standard input to it and its output on, and exits as they do. */
const PTY = `
import fcntl, os, pty, struct, sys, termios
def sized(fd):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
    return os.read(fd, 65536)
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], sized)))
`;

test('python3 is here for the terminal', () => {
  expect(execFileSync('python3', ['-c', 'import pty, os; print(1)']).toString()).toBe('1\n');
});
