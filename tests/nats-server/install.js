// Brings the nats-servers of three Debian releases into this folder, each unpacked from its package: apt fetches and checks them,
// from the mirrors that this machine's own apt knows, and nothing is installed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PLACE = fileURLToPath(new URL('.state/', import.meta.url));
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Release → the series of nats-server in it, as far as it stays the same. */
export const RELEASES = { bookworm: '2.9', trixie: '2.10', sid: undefined };

/**
 * @param {string} release
 * @returns {string}  where its program is once it is there
 */
export function serverOf(release) {
  return join(PLACE, release, 'usr/sbin/nats-server');
}

/**
 * Fetches what is missing, where that is possible. Failing to is no error: the tests say what they skip.
 * @param {(line: string) => void} say
 */
export function installNatsServers(say) {
  for (const release of Object.keys(RELEASES)) {
    if (existsSync(serverOf(release))) continue;
    try {
      say(`fetching the nats-server of Debian ${release}`);
      install(release);
    } catch (error) {
      say(
        `there is no nats-server of Debian ${release}, so its tests are skipped: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}

/** @param {string} release */
function install(release) {
  mkdirSync(PLACE, { recursive: true });
  const draft = mkdtempSync(join(PLACE, 'draft-'));
  try {
    const apt = aptOf(draft, release);
    apt('update');
    apt('download', 'nats-server');
    const [file = ''] = readdirSync(draft).filter((name) => name.endsWith('.deb'));
    execFileSync('dpkg-deb', ['--extract', join(draft, file), join(draft, 'tree')]);
    rmSync(join(PLACE, release), { recursive: true, force: true });
    renameSync(join(draft, 'tree'), join(PLACE, release));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * An apt-get that knows this release alone and keeps all that it writes in `draft`.
 * @param {string} draft
 * @param {string} release
 * @returns {(...args: string[]) => void}
 */
function aptOf(draft, release) {
  const sources = join(draft, 'sources.list');
  const signed = existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : '';
  writeFileSync(
    sources,
    mirrors()
      .map((uri) => `deb ${signed}${uri} ${release} main\n`)
      .join(''),
  );
  const options = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '-',
    'Dir::State': join(draft, 'state'),
    'Dir::State::Status': '/dev/null',
    'Dir::Cache': join(draft, 'cache'),
    'Acquire::Languages': 'none',
    // A mirror of sid may be older than its Release file says it is good for. Its signature is checked all the same.
    ...(release === 'sid' ? { 'Acquire::Check-Valid-Until': 'false' } : {}),
    'APT::Sandbox::User': 'root',
  };
  for (const name of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(draft, name), { recursive: true });
  const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (...args) => {
    execFileSync('apt-get', ['-qq', ...flags, ...args], {
      cwd: draft,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
    });
  };
}

/** @returns {string[]}  the Debian mirrors of this machine's own apt, without those of updates */
function mirrors() {
  let known = knownMirrors();
  if (known.length === 0) {
    execFileSync('apt-get', ['-qq', 'update'], { stdio: 'ignore' });
    known = knownMirrors();
  }
  if (known.length === 0) throw new Error("this machine's apt knows no Debian mirror");
  return known;
}

function knownMirrors() {
  const format = '$(REPO_URI)|$(RELEASE)|$(COMPONENT)';
  const query = ['indextargets', '--format', format, 'Created-By: Packages', 'Origin: Debian'];
  const targets = execFileSync('apt-get', query, { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([, suite = '', component]) => component === 'main' && /^[a-z]+$/.test(suite));
  return [...new Set(targets.map(([uri = '']) => uri))];
}
