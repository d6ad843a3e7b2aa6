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
  if (text.trim().endsWith(':') && port === undefined) return fault(`after the colon of ‹${text}› a port is missing`);
  const bad = hostNameFault(host);
  if (bad !== undefined) return fault(bad);
  if (!hasRange(host)) return { kind: 'hosts', names: [host], port };
  const expansion = expandRange(host);
  return expansion.kind === 'names' ? { kind: 'hosts', names: expansion.names, port } : expansion;
}

/** Why `name` can't be a host's, as a sentence without its full stop; undefined when it can. */
export function hostNameFault(name: string): string | undefined {
  if (name.trim() === '') return 'a host needs a name';
  if (name.startsWith('-')) return `‹${name}› would be taken for an option; a host’s name can’t begin with ‹-›`;
  if (/\p{Cc}/u.test(name)) return 'a host’s name can’t hold control characters';
  return undefined;
}

function fault(text: string): HostNames {
  return { kind: 'fault', fault: text };
}
