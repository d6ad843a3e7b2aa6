// IP addresses and networks: one way of writing each, and which holds which.

export interface Network {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly prefix: number;
}

/** `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`; undefined for what is none. Bits beyond the prefix are cleared. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const family = address.includes(':') ? 6 : 4;
  const width = family === 4 ? 32 : 128;
  const prefix = length === undefined ? width : Number(length);
  const bits = family === 4 ? parse4(address) : parse6(address);
  if (bits === undefined || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  if (prefix > width) return undefined;
  const host = BigInt(width - prefix);
  return { family, bits: (bits >> host) << host, prefix };
}

/** As `ip` and ufw write it: IPv6 shortened (RFC 5952), no prefix for a single host. */
export function formatNetwork({ family, bits, prefix }: Network): string {
  const width = family === 4 ? 32 : 128;
  return (family === 4 ? format4(bits) : format6(bits)) + (prefix === width ? '' : `/${prefix}`);
}

/** True when every address of `inner` is in `outer`. An IPv4 address written in IPv6 is not unwrapped. */
export function holds(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || outer.prefix > inner.prefix) return false;
  const host = BigInt((outer.family === 4 ? 32 : 128) - outer.prefix);
  return outer.bits >> host === inner.bits >> host;
}

function parse4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function parse6(text: string): bigint | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = tail ? parse4(tail[2] ?? '') : undefined;
  if (tail && four === undefined) return undefined;
  const plain =
    four === undefined ? text : `${tail?.[1] ?? ''}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...rest];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function format4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => `${(bits >> shift) & 255n}`).join('.');
}

/** The longest run of at least two zero groups becomes `::`, the first of equals. */
function format6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (bits >> BigInt(112 - index * 16)) & 0xffffn);
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0n) length += 1;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.length < 2) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}
