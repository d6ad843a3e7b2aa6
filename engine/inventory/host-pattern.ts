// A host as an inventory file names it: `web[01:20].example.com:2222` → names and a port.
import { parseAddress } from './address.ts';
import { expandRange, hasRange } from './ranges.ts';

export type HostNames =
  | { readonly kind: 'hosts'; readonly names: readonly string[]; readonly port: number | undefined }
  | { readonly kind: 'fault'; readonly fault: string };

/** Source: Ansible's `_expand_hostpattern`. A text that is no address is a name as it stands. */
export function readHostPattern(text: string): HostNames {
  const address = parseAddress(text);
  const host = address?.host ?? text;
  const port = address?.port;
  if (port !== undefined && (port < 1 || port > 65_535)) return fault(`there is no port ${port}`);
  if (text.trim() === '') return fault('a host needs a name');
  if (text.trim().endsWith(':') && port === undefined) return fault(`after the colon of ‹${text}› a port is missing`);
  if (host.startsWith('-')) return fault(`‹${host}› would be taken for an option; a host's name can't begin with ‹-›`);
  if (!hasRange(host)) return { kind: 'hosts', names: [host], port };
  const expansion = expandRange(host);
  return expansion.kind === 'names' ? { kind: 'hosts', names: expansion.names, port } : expansion;
}

function fault(text: string): HostNames {
  return { kind: 'fault', fault: text };
}
