// What a host is called in an inventory or a pattern: a name, an IPv4 or IPv6 address, ranges in them, perhaps a port.

/** A host's name (ranges not yet expanded) and the port written after it. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

const STEP = '(?::[0-9]+)?';
const IPV4_PART = `(?:[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5]|\\[[0-9]+:[0-9]+${STEP}\\])`;
const IPV6_PART = `(?:[0-9a-f]{1,4}|\\[[0-9a-f]+:[0-9a-f]+${STEP}\\])`;
const RANGE = `\\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)${STEP}\\]`;
const WORD = '[\\p{L}\\p{N}_]';
// A label neither begins with a hyphen nor ends with a hyphen or an underscore.
const LABEL = `(?:${WORD}|${RANGE})(?:${WORD}|-|${RANGE})*(?<![_-])`;

const IPV4 = new RegExp(`^(?:${IPV4_PART}\\.){3}${IPV4_PART}$`, 'iu');
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'iu');
// A link-local address may name its zone: `fe80::1%eth0`.
const IPV6 = new RegExp(
  `^(?:${[
    `(?:${IPV6_PART}:){7}${IPV6_PART}`,
    `(?:${IPV6_PART}:){1,6}:`,
    `(?:${IPV6_PART}:)(?::${IPV6_PART}){1,6}`,
    `(?:${IPV6_PART}:){2}(?::${IPV6_PART}){1,5}`,
    `(?:${IPV6_PART}:){3}(?::${IPV6_PART}){1,4}`,
    `(?:${IPV6_PART}:){4}(?::${IPV6_PART}){1,3}`,
    `(?:${IPV6_PART}:){5}(?::${IPV6_PART}){1,2}`,
    `(?:${IPV6_PART}:){6}(?::${IPV6_PART})`,
    `:(?::${IPV6_PART}){1,6}`,
    `${IPV6_PART}?::`,
    `::(?:ffff:)?(?:${IPV4_PART}\\.){3}${IPV4_PART}`,
  ].join('|')})(?:%[a-z0-9._-]+)?$`,
  'iu',
);

// What nearly every name looks like: spares compiling the long ones, which takes milliseconds.
const PLAIN = /^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$/;

const BRACKETED_PORT = /^\[(.+)\]:([0-9]+)$/;
const PORT = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/;

/**
 * Reads `web1`, `web1:2222`, `10.0.0.[1:9]`, `2001:db8::1`, `[2001:db8::1]:2222`.
 * `undefined` when `text` is none of these; inventories then take it as a name as it stands.
 * Source: Ansible's `parse_address` with ranges allowed.
 */
export function parseAddress(text: string): Address | undefined {
  let host = text;
  let port: number | undefined;
  for (const form of [BRACKETED_PORT, PORT]) {
    const match = form.exec(host);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    host = match[1];
    port = Number(match[2]);
  }
  return PLAIN.test(host) || IPV4.test(host) || IPV6.test(host) || HOSTNAME.test(host) ? { host, port } : undefined;
}
