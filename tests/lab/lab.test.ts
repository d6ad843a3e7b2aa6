import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeLab, LAB_START_MS } from './describe-lab.ts';
import {
  address,
  borrow,
  chosenSuite,
  down,
  exec,
  KEY_FILE,
  KNOWN_HOSTS_FILE,
  OPS_PASSWORD,
  reset,
  running,
  SUITES,
} from './lab-api.js';
import { takeHosts } from './loan.js';

vi.setConfig({ testTimeout: 60_000 }); // on a busy machine a single login can take a second

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Stock ssh with nothing but the lab's key and the lab's pinned host keys. */
function ssh(target: string, command: string, options: string[] = [], input = ''): Promise<Outcome> {
  const strict = ['StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes', 'GlobalKnownHostsFile=none'];
  const all = [...strict, ...options, `UserKnownHostsFile=${KNOWN_HOSTS_FILE}`, `IdentityFile=${KEY_FILE}`];
  const args = ['-F', 'none', ...all.flatMap((option) => ['-o', option]), target, command];
  return run('ssh', args, input);
}

function run(file: string, args: string[], input = ''): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(file, args, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

function portAnswers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

describeLab('a lab host', () => {
  let host = '';
  let asking = '';
  const releases: (() => void)[] = [];

  const output = async (command: string, name = host) => {
    const { status, stdout, stderr } = await exec(name, command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout.trim();
  };

  beforeAll(async () => {
    const [any, lab2] = await Promise.all([borrow(1), borrow(1, { among: ['lab2'] })]);
    releases.push(any.release, lab2.release);
    [host = '', asking = ''] = [...any.names, ...lab2.names];
  }, LAB_START_MS);

  afterAll(() => {
    for (const release of releases) release();
  });

  it('is a booted Debian with systemd as process 1 and no failed unit', async () => {
    expect(await output('cat /proc/1/comm; . /etc/os-release; echo "${NAME%% *} $VERSION_ID"; hostname -f')).toBe(
      `systemd\n${SUITES[chosenSuite()]?.release}\n${host}.lab.test`,
    );
    expect(await output('systemctl --failed --plain --no-legend; systemctl is-system-running')).toBe('running');
  });

  it.each(['ops', 'root'])('lets %s in by key, with each of its pinned host keys', async (user) => {
    for (const type of ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512']) {
      const { stdout, stderr } = await ssh(`${user}@${address(host)}`, 'id -un', [`HostKeyAlgorithms=${type}`]);
      expect(stdout, `${type}: ${stderr}`).toBe(`${user}\n`);
    }
  });

  it('is refused by ssh under the keys of another host', async () => {
    const { status, stderr } = await ssh(`ops@${address(host)}`, 'true', [`HostKeyAlias=${address(asking)}`]);
    expect(status).toBe(255);
    expect(stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  });

  it('gives ops sudo without a password', async () => {
    expect((await ssh(`ops@${address(host)}`, 'sudo -n id -u')).stdout).toBe('0\n');
  });

  it('asks ops for the sudo password on lab2', async () => {
    const target = `ops@${address(asking)}`;
    expect((await ssh(target, 'sudo -n id -u')).stderr).toContain('a password is required');
    expect((await ssh(target, 'sudo -S id -u', [], 'wrong\n')).status).toBe(1);
    expect((await ssh(target, 'sudo -S id -u', [], `${OPS_PASSWORD}\n`)).stdout).toBe('0\n');
  });

  it('has no power over this machine beyond its own', async () => {
    const capabilities = BigInt(`0x${await output("sed -n 's/^CapBnd:[[:space:]]*//p' /proc/1/status")}`);
    const [sysModule, sysTime] = [1n << 16n, 1n << 25n]; // capabilities(7)
    expect(capabilities & (sysModule | sysTime)).toBe(0n);
    expect((await exec(host, 'sysctl -w vm.swappiness=60')).status).not.toBe(0);
  });

  it('serves nginx to its neighbours until its firewall says no', async () => {
    await output('nginx -t');
    expect(await portAnswers(address(host), 80)).toBe(true);
    await output('ufw allow 22/tcp && ufw --force enable');
    expect(await output('ufw status')).toContain('Status: active');
    expect(await portAnswers(address(host), 80)).toBe(false);
    expect((await ssh(`ops@${address(host)}`, 'echo in')).stdout).toBe('in\n');
  });

  it('installs, upgrades and removes packages of the lab, quickly', async () => {
    const before = performance.now();
    await output('apt-get update');
    expect(performance.now() - before).toBeLessThan(10_000);
    expect((await exec(host, 'command -v curl')).status).not.toBe(0);
    const apt = 'DEBIAN_FRONTEND=noninteractive apt-get -q -y';
    await output(`${apt} install curl lab-extra lab-hello=1.0`);
    expect(await output('curl --silent http://127.0.0.1/')).toContain('Welcome to nginx');
    expect(await output('lab-hello; systemctl is-active lab-extra')).toBe('Hello from lab-hello 1.0\nactive');
    await output(`${apt} upgrade`);
    expect(await output('lab-hello')).toBe('Hello from lab-hello 1.1');
    await output(`${apt} purge lab-hello`);
    expect(
      await output('systemctl list-unit-files --no-legend lab-extra.service; ls -d /etc/lab-hello.conf || true'),
    ).toBe('');
  });

  it('refuses packages that the lab did not sign', async () => {
    await output("sed -i '/^Signed-By:/d' /etc/apt/sources.list.d/lab.sources && rm -rf /var/lib/apt/lists/*");
    const { status, stdout, stderr } = await exec(host, 'apt-get update');
    expect(status).not.toBe(0);
    expect(stdout + stderr).toMatch(/NO_PUBKEY|Missing key/); // apt 2, apt 3
  });

  it('keeps its files over a reboot and loses them at a reset', async () => {
    const life = 'cat /root/mark 2>/dev/null; cat /proc/sys/kernel/random/boot_id /etc/machine-id';
    await output('echo kept > /root/mark');
    const [, firstBoot, machine] = (await output(life)).split('\n');
    await exec(host, 'systemctl reboot');
    await expect.poll(async () => portAnswers(address(host), 22), { timeout: 15_000 }).toBe(false);
    await expect.poll(async () => portAnswers(address(host), 22), { timeout: 15_000 }).toBe(true);
    const [mark, secondBoot, sameMachine] = (await output(life)).split('\n');
    expect([mark, sameMachine]).toEqual(['kept', machine]);
    expect(secondBoot).not.toBe(firstBoot);

    const before = performance.now();
    await reset(host);
    expect(performance.now() - before).toBeLessThan(20_000);
    expect((await output(life)).split('\n').at(-1)).toBe(machine);
    expect(await output('ls /root; ufw status')).toBe('Status: inactive');
    expect((await ssh(`ops@${address(host)}`, 'echo in')).stdout).toBe('in\n');
  });
});

describeLab('a host that is taken down', () => {
  it(
    'leaves nothing of itself on this machine',
    async () => {
      const { names, release } = await borrow(1);
      const [name = ''] = names;
      const traces = async () => {
        const find = `find /sys/fs/cgroup /run/vrun-lab -maxdepth 2 -name '*${name}'; ip -o link | grep -w vb-${name}; grep vrun-lab /proc/self/mounts`;
        return (await run('sh', ['-c', find])).stdout;
      };
      expect(await traces()).toContain(`vb-${name}`);
      expect(await down([name])).toEqual([name]);
      expect(await traces()).toBe('');
      expect((await running()).map((each) => each.name)).not.toContain(name);
      await expect(exec(name, 'true')).rejects.toThrow(`${name} doesn't run`);
      expect(await down([name])).toEqual([]);
      release();
    },
    LAB_START_MS,
  );
});

describeLab('borrowed hosts', () => {
  it(
    'are never lent twice at a time',
    async () => {
      // Names of no host: real ones may be lent to other test files for minutes.
      const among = [`one-${process.pid}`, `other-${process.pid}`];
      const one = await takeHosts(1, among);
      const other = await takeHosts(1, among);
      expect([...one.names, ...other.names].sort()).toEqual(among);
      let lent = false;
      const third = takeHosts(1, among).then((loan) => {
        lent = true;
        return loan;
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(lent).toBe(false);
      other.release();
      const { names, release } = await third;
      expect(names).toEqual(other.names);
      release();
      one.release();
    },
    LAB_START_MS,
  );

  it('must be as many as there are', async () => {
    await expect(borrow(2, { among: ['lab8'] })).rejects.toThrow('2 hosts were asked for among 1: lab8');
    await expect(borrow(1, { among: ['lab21'] })).rejects.toThrow("The lab has no host 'lab21'");
  });
});
