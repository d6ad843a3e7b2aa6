// env-file on a real host: the law, and that a secret which is made there is nowhere else.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { laws, openProject, vrun } from '../../law/law.ts';

const PATH = '/etc/default/vantus';
const TASKS = `
- name: Group
  group: { name: vantus, system: true }
- name: Environment
  env-file:
    path: ${PATH}
    group: vantus
    values: { NODE_ENV: production, PORT: "{{ port }}", TITLE: "it's 5 $", FIXED: !expr 2 + 1 }
    generate:
      NEXTAUTH_SECRET: {}
      CSRF_SECRET: { encoding: base64 }
      MFA_KEY: { encoding: hex }
    required:
      PORT: "[0-9]+"
      NEXTAUTH_SECRET: "[A-Za-z0-9_-]{43}"
      MFA_KEY: "[0-9a-f]{64}"
    remove: [LEGACY]
  vars: { port: 3005 }
`;

/** A word of a command that runs for a second. */
const SEEN = 'seen-by-whoever-watches-the-processes';

/** What the file is like, its secrets by their form. */
const OBSERVE = `stat -c '%a %U:%G' ${PATH} 2>/dev/null && sed -E 's/=[A-Za-z0-9_-]{43}$/=url/; s/=[0-9a-f]{64}$/=hex/; s|=[A-Za-z0-9+/]{43}=$|=base64|' ${PATH}; ls -A /etc/default | grep vrun`;

laws('env-file', [
  {
    title: 'values, and secrets of each kind',
    tasks: TASKS,
    situations: [
      { title: 'from absent', changed: ['Group', 'Environment'] },
      { title: 'from a mode that lets everybody read it', given: `chmod 666 ${PATH}`, changed: ['Environment'] },
      { title: 'from a value changed by hand', given: `sed -i s/3005/3006/ ${PATH}`, changed: ['Environment'] },
      {
        title: 'from a placeholder put back and a name that is to go',
        given: `sed -i 's/^MFA_KEY=.*/MFA_KEY="generate-me-in-production"/; 1iLEGACY=1' ${PATH}`,
        changed: ['Environment'],
      },
      { title: 'from an owner who is not root', given: `chown ops:ops ${PATH}`, changed: ['Environment'] },
    ],
    observe: OBSERVE,
    observed: `640 root:vantus
NODE_ENV=production
PORT=3005
TITLE="it's 5 \\$"
FIXED=3
NEXTAUTH_SECRET=url
CSRF_SECRET=base64
MFA_KEY=hex
`,
  },
  {
    title: 'a file that somebody else began',
    tasks: TASKS,
    situations: [
      {
        title: 'comments, order and other names stay',
        given: `printf '# by hand\\nOTHER="a b"\\n\\nPORT=1\\n; more\\nexport CSRF_SECRET=0123456789012345678901234567890123456789012=\\nLAST=1' >${PATH}; chown root:vantus ${PATH}; chmod 640 ${PATH}`,
        changed: ['Environment'],
      },
    ],
    observe: OBSERVE,
    observed: `640 root:vantus
# by hand
OTHER="a b"

PORT=3005
; more
CSRF_SECRET=base64
export CSRF_SECRET
LAST=1
NODE_ENV=production
TITLE="it's 5 \\$"
FIXED=3
NEXTAUTH_SECRET=url
MFA_KEY=hex
`,
  },
  {
    title: 'gone',
    tasks: `- name: Gone\n  env-file: { path: ${PATH}, state: absent }`,
    situations: [{ title: 'from there', changed: ['Gone'] }],
    observe: `test -e ${PATH}; echo $?`,
    observed: '1\n',
  },
]);

describeLab('env-file and what it keeps to the host', () => {
  const lab = lent(2);

  test('secrets are nowhere but in the file: not in output, record, argv, or left-over files', async () => {
    const [host = ''] = lab.hosts;
    // Everything that runs there with its words and environment, as fast as a shell can look.
    const watch = exec(
      host,
      `touch /run/watch; while [ -e /run/watch ]; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -aE '.{30}' >>/run/watched; done; sort -u /run/watched`,
    );
    // Many, so that there is something to see for a while.
    const many = Array.from({ length: 40 }, (_, index) => `      KEY_${index}: {}\n`).join('');
    const project = openProject(TASKS.replace('generate:\n', `generate:\n${many}`));
    const run = await vrun(project, lab.inventory, '-l', host, '--diff', '-v');
    const again = await vrun(project, lab.inventory, '-l', host);
    await exec(host, `sh -c 'sleep 1; :' ${SEEN}; rm /run/watch`);
    const { stdout: watched } = await watch;
    expect(run.status, run.output).toBe(0);
    const { stdout } = await exec(host, `grep -E 'SECRET|KEY' ${PATH} | cut -d= -f2-`);
    const secrets = stdout.trim().split('\n');
    expect(secrets).toHaveLength(43);
    const record = recorded(project);
    expect(record.length).toBeGreaterThan(4);
    expect(watched, 'the watch sees what is there to see').toContain(SEEN);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(40);
      for (const text of [run.output, again.output, watched, ...record])
        expect(text).not.toContain(secret.slice(0, 20));
    }
    const { stdout: holders } = await exec(
      host,
      `grep -rlFs -e '${secrets.join("' -e '")}' /etc /tmp /var /run /root /home /dev/shm`,
    );
    expect(holders).toBe(`${PATH}\n`);
    rmSync(project, { recursive: true });
  });

  test('systemd and a shell read what was written', async () => {
    const [host = ''] = lab.hosts;
    const values = ['a b', `it's`, '"', '\\', '$HOME `id` \\$', '#', ';', '~', 'ü', ' x ', '', '%h', '\\n', "'\"'"];
    const tasks = `- name: Values\n  env-file:\n    path: /etc/default/values\n    values: ${JSON.stringify(
      Object.fromEntries(values.map((value, index) => [`V${index}`, value])),
    )}`;
    const project = openProject(tasks);
    const run = await vrun(project, lab.inventory, '-l', host);
    expect(run.status, run.output).toBe(0);
    const script = `i=0; while [ $i -lt ${values.length} ]; do eval "printf '%s\\n' \\"\\$V$i\\""; i=$((i+1)); done`;
    const printed = `${values.join('\n')}\n`;
    const by = await exec(
      host,
      `systemd-run -q --wait --pipe -p EnvironmentFile=/etc/default/values sh -c '${script.replaceAll("'", `'\\''`)}'`,
    );
    expect(by.stdout, by.stderr).toBe(printed);
    expect((await exec(host, `. /etc/default/values; ${script}`)).stdout).toBe(printed);
    rmSync(project, { recursive: true });
  });

  test('two hosts make none unless each may have its own', async () => {
    const tasks = (more: string) =>
      `- name: Environment\n  env-file: { path: /etc/default/each, generate: { KEY: {} }${more} }`;
    const refused = openProject(tasks(''));
    const run = await vrun(refused, lab.inventory);
    expect(run.status).toBe(2);
    expect(run.tasks.map(({ failure }) => failure)).toEqual(
      Array.from({ length: 2 }, () => 'KEY: 2 hosts would each make their own'),
    );
    const allowed = openProject(tasks(', per_host: true'));
    expect((await vrun(allowed, lab.inventory)).status).toBe(0);
    const keys = await Promise.all(lab.hosts.map(async (name) => (await exec(name, 'cat /etc/default/each')).stdout));
    expect(new Set(keys).size).toBe(2);
    expect((await vrun(refused, lab.inventory)).status).toBe(0);
    for (const project of [refused, allowed]) rmSync(project, { recursive: true });
  });

  test('of an optional group all are there or none', async () => {
    const [host = ''] = lab.hosts;
    const tasks = `- name: Environment
  env-file: { path: /etc/default/groups, mode: "0644", optional: { SMTP: { SMTP_HOST: .+, SMTP_PORT: "[0-9]+" } } }`;
    const project = openProject(tasks);
    const ends = async (text: string) => {
      await exec(host, `printf '${text}' >/etc/default/groups`);
      const { tasks: [task] = [] } = await vrun(project, lab.inventory, '-l', host);
      return task?.failure ?? task?.status;
    };
    expect(await ends('OTHER=1\n')).toBe('ok');
    expect(await ends('SMTP_HOST=\nSMTP_PORT=generate-me-in-production\n')).toBe('ok');
    expect(await ends('SMTP_HOST=mail\nSMTP_PORT=25\n')).toBe('ok');
    expect(await ends('SMTP_HOST=mail\n')).toBe('/etc/default/groups: SMTP_PORT not as required');
    expect(await ends('SMTP_HOST=mail\nSMTP_PORT=smtp\n')).toBe('/etc/default/groups: SMTP_PORT not as required');
    rmSync(project, { recursive: true });
  });

  test('an invalid value is a failure that names the variable and not its value', async () => {
    const [host = ''] = lab.hosts;
    await exec(host, `printf 'PORT=geheim-geheim\\nKEY=generate-me-in-production\\n' >/etc/default/bad`);
    const tasks = `- name: Environment
  env-file: { path: /etc/default/bad, mode: "0644", required: { PORT: "[0-9]+", KEY: .+, NONE: .* } }`;
    const project = openProject(tasks);
    const run = await vrun(project, lab.inventory, '-l', host);
    expect(run.status).toBe(2);
    expect(run.tasks[0]?.failure).toBe('/etc/default/bad: PORT, KEY, NONE not as required');
    expect(run.output).not.toContain('geheim');
    for (const text of recorded(project)) expect(text).not.toContain('geheim');
    rmSync(project, { recursive: true });
  });
});

/** Every file that the runs left in the project: runbook, journals, reports, log. */
function recorded(project: string): readonly string[] {
  return readdirSync(project, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
