// The files that make a host itself: its name, address, identity and keys. They are laid over the common image at boot.
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ACME_CA } from './acme-keys.js';
import { hostKeyFiles } from './keys.js';
import { ACME_CA_ON_HOST, CONTROLLER_ADDRESS, DOMAIN, firstHosts, HOST_LIMIT, namesOf } from './plan.js';

/**
 * Writes a host's own files as a tree.
 * @param {string} directory  replaced
 * @param {import('./plan.js').LabHost} host
 */
export async function writeSeed(directory, host) {
  await rm(directory, { recursive: true, force: true });
  for (const [path, { content, mode }] of Object.entries(ownFiles(host, await readFile(ACME_CA, 'utf8')))) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content, { mode });
    await chmod(join(directory, path), mode); // whatever the umask
  }
  await mkdir(join(directory, 'etc/ssh'), { recursive: true });
  for (const { path, file } of hostKeyFiles(host.name)) {
    await copyFile(path, join(directory, 'etc/ssh', file));
    await chmod(join(directory, 'etc/ssh', file), file.endsWith('.pub') ? 0o644 : 0o600);
  }
}

/**
 * @param {import('./plan.js').LabHost} host
 * @param {string} acmeCa  PEM: the authority behind the ACME server's own certificate
 * @returns {Record<string, { content: string, mode: number }>}
 */
function ownFiles({ name, address, machineId, sudoAsks }, acmeCa) {
  return {
    'etc/hostname': { content: `${name}\n`, mode: 0o644 },
    'etc/machine-id': { content: `${machineId}\n`, mode: 0o444 },
    'etc/hosts': { content: hostsFile(), mode: 0o644 },
    'etc/systemd/network/10-lab.network': {
      content: `[Match]\nName=host0\n\n[Network]\nAddress=${address}/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n`,
      mode: 0o644,
    },
    [ACME_CA_ON_HOST.slice(1)]: { content: acmeCa, mode: 0o644 },
    ...(sudoAsks && { 'etc/sudoers.d/ops': { content: 'ops ALL=(ALL:ALL) ALL\n', mode: 0o440 } }),
  };
}

function hostsFile() {
  const lab = firstHosts(HOST_LIMIT).map((host) => `${host.address} ${namesOf(host).join(' ')} ${host.name}`);
  return [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost',
    `${CONTROLLER_ADDRESS} controller.${DOMAIN} acme.${DOMAIN} packages.${DOMAIN}`,
    ...lab,
    '',
  ].join('\n');
}
