// The web server of server.yml: from clean hosts, set up already, and with one file that isn't as wanted.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probeScripts } from '../floor.js';
import { cleanHosts, onAll, stateOf } from '../hosts.js';
import { BENCH } from '../place.js';
import { ansible, hangUp } from '../sides/ansible.js';
import { vrun } from '../sides/vrun.js';

const RUNBOOK = join(BENCH, 'server.yml');

/** @type {import('../runner.js').Scene} */
export const server = {
  async prepare(stage, each) {
    const ready = await setUpForAll(stage, each);
    return { ...ready, reads: await probeScripts(RUNBOOK, stage.way.inventory) };
  },
  end: ({ directory }) => hangUp(directory),
};

/** @type {import('../runner.js').Scene} */
export const clean = {
  prepare: setUp,
  async before({ directory, way }, side) {
    await hangUp(directory);
    await cleanHosts(way.hosts);
    if (side === 'Ansible' || side === 'Mitogen') await packagesForAnsible(way.hosts);
  },
  after: sameStates,
  end: ({ directory }) => hangUp(directory),
};

/** @type {import('../runner.js').Scene} */
export const drift = {
  prepare: setUpForAll,
  async before({ way }) {
    await onAll(way.hosts, 'echo overwritten >/var/www/vantus/index.html');
  },
  after: sameStates,
  end: ({ directory }) => hangUp(directory),
};

/** Sets the hosts up with vrun, and keeps what they are like then: all sides are held against that. */
async function setUp(/** @type {import('../runner.js').Stage} */ stage) {
  const { way, directory } = stage;
  await cleanHosts(way.hosts);
  await packagesForAnsible(way.hosts);
  await vrun.run({ ...stage, runbook: RUNBOOK });
  const states = way.hosts.map(async (host) => /** @type {const} */ ([host.name, await stateOf(host)]));
  const [site = ''] = await onAll(way.hosts, 'cat /etc/nginx/sites-available/vantus');
  await writeFile(join(directory, 'site'), site);
  return {
    runbook: RUNBOOK,
    site: join(directory, 'site'),
    states: new Map(await Promise.all(states)),
    scripts: await setupScripts(way.hosts),
  };
}

/** Sets the hosts up so that all sides agree: Ansible knows a cron job by a comment of its own and doesn't take vrun's, while vrun takes Ansible's. */
async function setUpForAll(/** @type {import('../runner.js').Stage} */ stage, { sides }) {
  const ready = { ...stage, ...(await setUp(stage)) };
  if (!sides.includes('Ansible')) return ready;
  await onAll(stage.way.hosts, 'rm /etc/cron.d/vantus');
  await ansible.run(ready);
  await sameStates(ready);
  return { ...ready, scripts: await setupScripts(stage.way.hosts) };
}

/** Its apt module needs python3-apt, which a small Debian server lacks; and it takes the empty directory of package lists for new ones. */
async function packagesForAnsible(/** @type {readonly import('../hosts.js').Host[]} */ hosts) {
  const install = 'apt-get -q update && apt-get -q -y --no-install-recommends install python3-apt';
  const asBefore = 'rm -rf /var/lib/apt/lists/* && touch -d -2days /var/lib/apt/lists';
  await onAll(hosts, `{ ${install}; } >/dev/null && ${asBefore}`);
}

async function sameStates(/** @type {import('../runner.js').Stage} */ { way, states }) {
  for (const host of way.hosts) {
    const [wanted, here] = [states.get(host.name) ?? '', await stateOf(host)].map((state) => state.split('\n'));
    const gone = wanted.filter((line) => !here.includes(line)).map((line) => `- ${line}`);
    const added = here.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`);
    if (gone.length + added.length > 0) {
      throw new Error(`${host.name} is not as vrun leaves it:\n${[...gone, ...added].join('\n')}`);
    }
  }
}

/** The hand-written script for each host, with the files that it writes in it; two of them as they are there now. */
async function setupScripts(/** @type {readonly import('../hosts.js').Host[]} */ hosts) {
  const [[site = ''], [cron = '']] = await Promise.all([
    onAll(hosts, 'cat /etc/nginx/sites-available/vantus'),
    onAll(hosts, 'cat /etc/cron.d/vantus'),
  ]);
  const names = ['vantus.env', 'placeholder.html', 'vantus.service'];
  const templates = await Promise.all(names.map((name) => readFile(join(BENCH, 'templates', `${name}.hbs`), 'utf8')));
  const script = await readFile(join(BENCH, 'setup.sh'), 'utf8');
  return new Map(
    hosts.map(({ name: host }) => {
      /** @type {Record<string, string>} */
      const values = { server: host, domain: 'vantus.example', port: '3005' };
      const filled = templates.map((text) => text.replace(/\{\{ (\w+) \}\}/g, (_, name) => values[name] ?? ''));
      const files = new Map([...names.map((name, index) => [name, filled[index]]), ['site', site], ['cron', cron]]);
      return [host, script.replace(/^#include (\S+)\n/gm, (_, name) => files.get(name) ?? '')];
    }),
  );
}
