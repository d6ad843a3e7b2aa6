// What is measured: data alone. A case brings its scene (scenes/) onto so many hosts, runs each of its sides (sides/) so
// often, in turn, and has goals. The runner and the page go by this list.

/**
 * @typedef {object} Goal  of medians of one case
 * @property {string} of  side
 * @property {string} [over]  side: the goal is about the ratio to it
 * @property {string} [beyond]  side: the goal is about the difference to it
 * @property {'seconds' | 'cpu' | 'megabytes' | 'failed'} [measure]  seconds unless said
 * @property {number} [atMost]
 * @property {number} [atLeast]
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} title  within its chapter
 * @property {string} scene
 * @property {number} hosts  of the lab
 * @property {number} [addresses]  that one host answers on, each of them a host to whoever connects
 * @property {number} [delay]  round-trip time to the hosts, in milliseconds
 * @property {number} runs
 * @property {readonly string[]} sides
 * @property {Readonly<Record<string, number>>} [expected]  figures that every side which reports them has to have
 * @property {readonly Goal[]} [goals]
 *
 * @typedef {object} Chapter
 * @property {string} name
 * @property {string} title
 * @property {string} text
 * @property {string} [remainder]  what a profile says of goals that aren't met
 * @property {boolean} [logarithmic]  whether its chart is
 * @property {readonly Case[]} cases
 */

/** Every side, and what it is. */
export const WHO = {
  vrun: 'the built `dist/vrun.js` with its signed record, 50 hosts at a time',
  floor:
    '`ssh HOST sudo sh <reads.sh` for all hosts at once: the scripts of vrun’s own first message, taken from the engine (`tests/bench/reads.ts`), and nothing around them',
  'shell script':
    '`ssh HOST sudo sh <setup.sh` for all hosts at once: what a good administrator would write (`tests/bench/setup.sh`)',
  Ansible:
    'Debian’s `ansible`, `tests/bench/playbook.yml`: pipelining, connections that stay open between runs, no facts gathered, 50 forks',
  Mitogen: 'the same with Debian’s `ansible-mitogen`, strategy `mitogen_linear`',
  'ssh HOST true': 'one login of the stock client, and the least command',
  'parallel-ssh': 'Debian’s `pssh`, 50 at a time, one command: `uname -n`',
  rsync: '`rsync -a --delete` over ssh, which goes by size and time',
  'rsync --checksum': '`rsync -a --delete --checksum` over ssh, which goes by content, as vrun does',
  tar: '`tar -c | ssh HOST tar -x`',
  scp: '`scp` to all hosts at once',
  sha256sum: '`ssh HOST`, and there `find | xargs sha256sum`',
  'node -e 0': 'Node alone',
  'yaml alone': 'a bare Node script that parses the same files with the same library (`tests/bench/parse.js`)',
};

/** Sides that are run only a few times, since they take long. */
export const SLOW = ['Ansible', 'Mitogen'];

const NOTHING_TO_DO = { changed: 0, messages: 1, failed: 0 };

/** @type {readonly Chapter[]} */
export const CHAPTERS = [
  {
    name: 'converged',
    title: 'Converged',
    text: 'Twelve tasks set up a web server: packages, a user, directories, settings, a service, nginx, the firewall, a cron job, a health check. All of it is as wanted already. vrun asks in one message a host and finds nothing to change, or the benchmark fails; so with Ansible.',
    remainder:
      'A profile of one host, in ms: Node itself 25, loading vrun, reading and checking the runbook and opening the record 95 together, the login 85, sudo and what a shell begins with 30, the message 95, plans and events 20, the seal 20. The floor is the login, sudo and the message. The message’s scripts wait for each other but for the slow ones; on two cores, which are the host’s too, little is won by more.',
    logarithmic: true,
    cases: [
      {
        name: 'converged-1',
        title: '1 host',
        scene: 'server',
        hosts: 1,
        runs: 9,
        sides: ['vrun', 'floor', 'Ansible', 'Mitogen', 'node -e 0'],
        expected: NOTHING_TO_DO,
        goals: [
          { of: 'vrun', over: 'floor', atMost: 0.85 },
          { of: 'Ansible', over: 'vrun', atLeast: 45 },
          { of: 'Mitogen', over: 'vrun', atLeast: 30 },
          { of: 'vrun', beyond: 'node -e 0', measure: 'cpu', atMost: 0.22 },
        ],
      },
      {
        name: 'converged-8',
        title: '8 hosts',
        scene: 'server',
        hosts: 8,
        runs: 9,
        sides: ['vrun', 'floor', 'Ansible', 'Mitogen'],
        expected: NOTHING_TO_DO,
        goals: [
          { of: 'vrun', over: 'floor', atMost: 0.85 },
          { of: 'Ansible', over: 'vrun', atLeast: 55 },
          { of: 'Mitogen', over: 'vrun', atLeast: 38 },
        ],
      },
    ],
  },
  {
    name: 'first',
    title: 'First run',
    text: 'The same set-up on clean hosts. Afterwards `tests/bench/state.sh`, which knows nothing of vrun, looks at every host: users, packages, files with modes and digests, units, `nginx -T`, the firewall, the page through nginx. All sides have to reach the same state. Ansible is given python3-apt beforehand, and its time doesn’t count.',
    remainder:
      'What vrun’s side does beyond the script: the application is restarted once more by its handler, since its settings were new (160 ms of the host’s processor), and each change is looked at again (some 200 ms). Ansible’s first run was no more than four times the script’s time.',
    cases: [
      {
        name: 'first-1',
        title: '1 host',
        scene: 'clean',
        hosts: 1,
        runs: 3,
        sides: ['vrun', 'shell script', 'Ansible', 'Mitogen'],
        expected: { failed: 0 },
      },
      {
        name: 'first-8',
        title: '8 hosts',
        scene: 'clean',
        hosts: 8,
        runs: 3,
        sides: ['vrun', 'shell script', 'Ansible', 'Mitogen'],
        expected: { failed: 0 },
        goals: [
          { of: 'vrun', over: 'shell script', atMost: 1.2 },
          { of: 'Ansible', over: 'vrun', atLeast: 6 },
        ],
      },
    ],
  },
  {
    name: 'change',
    title: 'One change',
    text: 'On a host that is set up somebody has overwritten one file, the placeholder page. Each side puts it back and changes nothing else.',
    logarithmic: true,
    cases: [
      {
        name: 'change',
        title: '1 host',
        scene: 'drift',
        hosts: 1,
        runs: 5,
        sides: ['vrun', 'shell script', 'Ansible', 'Mitogen'],
        expected: { changed: 1, failed: 0 },
      },
    ],
  },
  {
    name: 'latency',
    title: 'Far away',
    text: 'The converged host again, behind a round-trip time. `ssh HOST true` over the same path is what a login costs.',
    remainder:
      'vrun waits for eight round trips and the stock login for nine; what is left are some 200 ms before it connects.',
    logarithmic: true,
    cases: [
      {
        name: 'latency-30',
        title: '30 ms',
        scene: 'server',
        hosts: 1,
        delay: 30,
        runs: 5,
        sides: ['vrun', 'ssh HOST true', 'floor', 'Ansible', 'Mitogen'],
        expected: NOTHING_TO_DO,
      },
      {
        name: 'latency-200',
        title: '200 ms',
        scene: 'server',
        hosts: 1,
        delay: 200,
        runs: 5,
        sides: ['vrun', 'ssh HOST true', 'floor', 'Ansible', 'Mitogen'],
        expected: NOTHING_TO_DO,
        goals: [{ of: 'vrun', beyond: 'ssh HOST true', atMost: 0.2 }],
      },
    ],
  },
  {
    name: 'many',
    title: 'Many hosts',
    text: 'One sshd that answers on a thousand addresses of its network is a thousand hosts for whoever connects. What differs from host to host in the set-up is the same here, so there is nothing to change; and since one lock serves all of them, vrun makes a dry run of all twelve tasks, with its record; `parallel-ssh` runs one command. The host’s sshd takes as many logins as come (`MaxStartups 200`: with its default, `parallel-ssh` loses a sixth of them).',
    remainder:
      'A thousand hosts are reached by their pinned keys, by which vrun knows that they are one server: no more than eight logins are under way there at a time. The controller takes 24 ms of its processor for each host: signatures, keys and ciphers are a tenth of it, the collection of garbage seven hundredths, and the rest is spread over binding, planning and events of twelve tasks.',
    cases: [
      {
        name: 'many',
        title: '1,000 hosts',
        scene: 'many',
        hosts: 1,
        addresses: 1000,
        runs: 3,
        sides: ['vrun', 'parallel-ssh'],
        expected: { changed: 0, messages: 1 },
        goals: [
          { of: 'vrun', over: 'parallel-ssh', atMost: 0.75 },
          { of: 'vrun', measure: 'megabytes', atMost: 200 },
          { of: 'vrun', measure: 'cpu', atMost: 18 },
          { of: 'vrun', measure: 'failed', atMost: 0 },
        ],
      },
    ],
  },
  {
    name: 'tasks',
    title: '300 tasks',
    text: 'Three hundred tasks of the module `file`, each about a directory of its own with owner and mode. All is as wanted.',
    remainder:
      'Less than 0.4 ms of the controller’s processor for each of 2,400 tasks, the login and the start with it: bound, planned, told, redacted and chained into the record.',
    cases: [
      {
        name: 'tasks',
        title: '8 hosts',
        scene: 'tasks',
        hosts: 8,
        runs: 5,
        sides: ['vrun', 'floor'],
        expected: NOTHING_TO_DO,
        goals: [{ of: 'vrun', over: 'floor', atMost: 1 }],
      },
    ],
  },
  {
    name: 'tree',
    title: 'A tree of 2,000 files',
    text: 'A hundred directories of twenty files, 13 MB, brought by the module `sync`. The same digests have to be on the host afterwards.',
    cases: [
      {
        name: 'tree-first',
        title: 'first copy',
        scene: 'empty tree',
        hosts: 1,
        runs: 5,
        sides: ['vrun', 'rsync', 'tar'],
        expected: { changed: 1, failed: 0 },
      },
      {
        name: 'tree-converged',
        title: 'converged',
        scene: 'tree',
        hosts: 1,
        runs: 5,
        sides: ['vrun', 'rsync', 'rsync --checksum', 'tar'],
        expected: NOTHING_TO_DO,
      },
    ],
  },
  {
    name: 'large',
    title: '100 MB to 8 hosts',
    text: 'One file of random bytes, brought by the module `copy`. Its digest has to be the same on all hosts afterwards.',
    remainder:
      'Node encrypts 100 MB in 0.38 s of processor, the stock client in 0.25 s, on the same two cores as eight hosts; and the host writes them twice, since nobody else may see a file before it is whole.',
    cases: [
      {
        name: 'large',
        title: '8 hosts',
        scene: 'large file',
        hosts: 8,
        runs: 3,
        sides: ['vrun', 'scp'],
        expected: { changed: 8, failed: 0 },
        goals: [{ of: 'scp', over: 'vrun', atLeast: 0.9 }],
      },
    ],
  },
  {
    name: 'release',
    title: 'A release of 10,000 files, verified',
    text: '`proof-verify` holds every file of a deployed release against the signed manifest, and looks for others. `sha256sum` reads the same files and tells their digests. The lock file, the manifest, its signature and the build’s own proof are four files more.',
    cases: [
      {
        name: 'release',
        title: '1 host',
        scene: 'release',
        hosts: 1,
        runs: 5,
        sides: ['vrun', 'sha256sum'],
        expected: { ...NOTHING_TO_DO, files: 10_004 },
      },
    ],
  },
  {
    name: 'controller',
    title: 'Without a host',
    text: '`vrun --version` is how long it takes to start. `vrun lint` checks 1,000 tasks against 100 hosts.',
    cases: [
      {
        name: 'start',
        title: 'start-up',
        scene: 'start',
        hosts: 0,
        runs: 15,
        sides: ['vrun', 'node -e 0'],
        goals: [{ of: 'vrun', over: 'node -e 0', atMost: 1.35 }],
      },
      {
        name: 'lint',
        title: 'lint',
        scene: 'lint',
        hosts: 0,
        runs: 7,
        sides: ['vrun', 'yaml alone'],
        goals: [{ of: 'vrun', over: 'yaml alone', atMost: 2 }],
      },
    ],
  },
];

/** All cases, in order. */
export const CASES = CHAPTERS.flatMap(({ cases }) => cases);

/**
 * The cases of these names; the name of a chapter stands for all of its.
 * @param {readonly string[]} names
 * @throws {Error} for a name that is none
 */
export function casesNamed(names) {
  const chosen = names.map((name) => {
    const found = CHAPTERS.flatMap((chapter) =>
      chapter.cases.filter((each) => each.name === name || chapter.name === name),
    );
    if (found.length === 0)
      throw new Error(`There is no case '${name}': ${CASES.map((each) => each.name).join(', ')}.`);
    return found;
  });
  return CASES.filter((each) => chosen.flat().includes(each));
}
