// vrun where it runs: hosts of each system with that system's own Node and OpenSSH bring another host to where it should be,
// with a key that only an agent has. Debian 12's Node is too old, which is said.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from './describe-lab.ts';
import { address, borrow, exec, KEY_FILE, KNOWN_HOSTS_FILE } from './lab-api.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A host as `ops` sits at it, with vrun, its runbook hello.yml and the system's own Node. */
class Controller {
  private readonly host: string;

  private constructor(host: string) {
    this.host = host;
  }

  static async at(host: string): Promise<Controller> {
    const { status, stdout, stderr } = await exec(host, 'dpkg -i /srv/lab-repository/controller/*.deb');
    expect(status, stdout + stderr).toBe(0);
    const files = ['dist', 'runbooks/hello.yml', 'templates/hello.txt.hbs', 'docs/verify-record.sh'];
    const { stdout: archive } = spawnSync('tar', ['-C', ROOT, '-cz', ...files], { maxBuffer: 2 ** 26 });
    const one = new Controller(host);
    expect(one.sh('tar -xz', archive)).toMatchObject({ status: 0 });
    return one;
  }

  /** Runs a script in the home directory, where `vrun` is the program. */
  sh(script: string, input: string | Buffer = '') {
    const given = 'vrun() { node dist/vrun.js "$@"; }; export SSH_AUTH_SOCK=$HOME/agent; exec 2>&1';
    const strict = ['IdentitiesOnly=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${KNOWN_HOSTS_FILE}`];
    const options = ['-F', 'none', '-i', KEY_FILE, ...strict.flatMap((option) => ['-o', option])];
    const args = [...options, `ops@${address(this.host)}`, `${given}\n${script}`];
    const { status, stdout } = spawnSync('ssh', args, { input, encoding: 'utf8' });
    return { status, says: stdout };
  }
}

const inventory = (host: string, connection: string) =>
  JSON.stringify({
    web: {
      hosts: { [host]: { ansible_host: address(host) } },
      vars: { ansible_user: 'ops', ansible_connection: connection },
    },
  });

describeLab('vrun as the controller', () => {
  test(
    'on Debian 12: its Node is too old, and that is said in one line',
    async () => {
      const { names, release } = await borrow(1, { suite: 'bookworm' });
      try {
        const one = await Controller.at(names[0] ?? '');
        expect(one.sh('vrun run runbooks/hello.yml')).toEqual({
          status: 1,
          says: expect.stringMatching(
            /^error: vrun needs Node 20\.19 or newer, and \/usr\/bin\/node is Node 18\..*\n$/,
          ),
        });
      } finally {
        release();
      }
    },
    LAB_START_MS,
  );

  test.each(['trixie', 'sid'])(
    'on %s, with its own Node and OpenSSH',
    async (suite) => {
      const { names, release } = await borrow(2, { suite });
      try {
        const [own = '', other = ''] = names;
        const one = await Controller.at(own);
        one.sh('cat >web.yml', inventory(other, 'ssh'));
        one.sh('cat >stock.yml', inventory(other, 'openssh'));
        // What ssh-keygen makes where nobody says which kind; the agent alone has it afterwards.
        const made = one.sh(
          "ssh-agent -a ~/agent >/dev/null && ssh-keygen -q -N '' -f own && ssh-add -q own && rm own && cat own.pub",
        );
        expect(made).toMatchObject({ status: 0 });
        await exec(other, `cat >>/home/ops/.ssh/authorized_keys <<'END'\n${made.says}END`);

        const hello = (rest: string) => one.sh(`vrun runbooks/hello.yml ${rest}`);
        expect(hello('-i web.yml')).toMatchObject({ status: 4, says: expect.stringContaining('vrun trust') });
        expect(one.sh('vrun trust -i web.yml --yes')).toMatchObject({ status: 0 });
        const there = `ops@${address(other)}`;
        expect(one.sh(`ssh -o StrictHostKeyChecking=yes ${there} id -un`)).toEqual({ status: 0, says: 'ops\n' });
        // As ssh itself writes it with Debian's settings, names hashed.
        expect(
          one.sh(`rm ~/.ssh/known_hosts; ssh -o StrictHostKeyChecking=accept-new ${there}; cat ~/.ssh/known_hosts`),
        ).toMatchObject({ says: expect.stringContaining('|1|') });

        expect(hello('-i web.yml --check')).toMatchObject({
          status: 0,
          says: expect.stringContaining('would change: A greeting'),
        });
        expect(hello('-i web.yml')).toMatchObject({ status: 0, says: expect.stringContaining(`for ops@${other}`) });
        for (const way of ['web', 'stock']) {
          const { status, says } = hello(`-i ${way}.yml --output json`);
          expect(status, says).toBe(0);
          expect(JSON.parse(says.trimEnd().split('\n').at(-1) ?? '').hosts[other]).toMatchObject({
            changed: 0,
            messages: 1,
          });
        }
        expect(one.sh('vrun audit verify')).toMatchObject({ status: 0 });
        expect(one.sh('sh docs/verify-record.sh')).toMatchObject({
          status: 0,
          says: expect.stringContaining('entries are signed and linked'),
        });
      } finally {
        release();
      }
    },
    LAB_START_MS,
  );
});
