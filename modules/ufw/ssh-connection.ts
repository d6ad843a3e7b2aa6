// The login by which we came, from what the kernel says of the sockets of the sshd above our shell.
import { formatNetwork } from './address.ts';

/** Addresses are undefined where the host couldn't tell. */
export interface SshConnection {
  readonly port: number;
  readonly server: string | undefined;
  readonly client: string | undefined;
  readonly interface: string | undefined;
}

/**
 * @param ssh `sshd`, then the rows of /proc/net/tcp and tcp6 that are its sockets; nothing without an sshd
 * @param addresses what `ip -o addr` printed, when it was asked
 */
export function sshConnection(ssh: readonly string[], addresses: readonly string[]): SshConnection | undefined {
  const [first, ...rows] = ssh;
  if (first === undefined) return undefined;
  // A tunnel through sshd has sockets too, made later, and inodes are counted up.
  const [[, local = '', remote = ''] = []] = rows
    .map((row) => row.trim().split(/\s+/))
    .sort((a, b) => Number(a[9]) - Number(b[9]));
  const server = endpoint(local);
  if (!server) return { port: 22, server: undefined, client: undefined, interface: undefined };
  return {
    port: server.port,
    server: server.address,
    client: endpoint(remote)?.address,
    interface: addresses
      .map((row) => row.split(/\s+/))
      .find(([, , , address = '']) => address.split('/')[0] === server.address)?.[1],
  };
}

/** `0100007F:0016`: an address as the kernel's words, each in the byte order of the host, and a port; proc_net_tcp. */
function endpoint(text: string): { readonly address: string; readonly port: number } | undefined {
  const [hex = '', port = ''] = text.split(':');
  if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(hex) || !/^[0-9A-F]{4}$/.test(port)) return undefined;
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.map((word) => (word.match(/../g) ?? []).reverse().join('')).join('');
  // IPv4 in IPv6 (RFC 4291, 2.5.5.2) is IPv4.
  const short = bytes.length === 32 && bytes.startsWith('00000000000000000000FFFF') ? bytes.slice(24) : bytes;
  const family = short.length === 8 ? 4 : 6;
  const address = formatNetwork({ family, bits: BigInt(`0x${short}`), prefix: family === 4 ? 32 : 128 });
  return { address, port: Number.parseInt(port, 16) };
}
