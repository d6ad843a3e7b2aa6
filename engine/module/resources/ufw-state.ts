// Reads ufw's settings and rules from its own files (ufw itself is slow to start), and whether they are loaded.
import type { Output } from '../change.ts';
import { Missing } from '../resource.ts';
import { sh } from '../script.ts';
import { readSections } from './sections.ts';
import { parseTuple, type UfwRule } from './ufw-rule.ts';

export interface UfwState {
  /** `hidden`: the task's user may not read the rules. */
  readonly hidden: boolean;
  /** To be started at boot, as ufw.conf says. */
  readonly enabled: boolean;
  /** In the kernel now. */
  readonly loaded: boolean;
  readonly logging: string;
  readonly ipv6: boolean;
  /** DROP, REJECT or ACCEPT by incoming, outgoing, routed. */
  readonly policies: Readonly<Record<'incoming' | 'outgoing' | 'routed', string>>;
  readonly rules: { readonly 4: readonly UfwRule[]; readonly 6: readonly UfwRule[] };
  readonly connection: SshConnection | undefined;
}

/** The login by which we came. Addresses are undefined where the host couldn't tell. */
export interface SshConnection {
  readonly port: number;
  readonly server: string | undefined;
  readonly client: string | undefined;
  readonly interface: string | undefined;
}

/** A read-only script, to be read by `parseUfw`. */
export const PROBE = sh`echo @settings
cat /etc/ufw/ufw.conf /etc/default/ufw 2>/dev/null | grep -E '^(ENABLED|LOGLEVEL|IPV6|DEFAULT_(INPUT|OUTPUT|FORWARD)_POLICY)='
echo @kernel
[ ! -e /proc/net/if_inet6 ] || echo ipv6
command -v ufw >/dev/null && echo ufw
if [ -d /etc/ufw ] && [ ! -r /etc/ufw/user.rules ]; then echo hidden; fi
l=$(iptables -S 2>/dev/null)
case $l in *'-A INPUT -j ufw-before-input'*'-N ufw-user-input'* | *'-N ufw-user-input'*'-A INPUT -j ufw-before-input'*) echo loaded;; esac
echo @four
grep '^### tuple ###' /etc/ufw/user.rules 2>/dev/null
echo @six
grep '^### tuple ###' /etc/ufw/user6.rules 2>/dev/null
echo @ssh
p=$$
while [ "$p" -gt 1 ] && IFS= read -r s <"/proc/$p/stat"; do
  case $s in *'(sshd'*)
    echo sshd
    ss -Htnp state established 2>/dev/null | grep "pid=$p," | {
      IFS=' ' read -r received sent l c rest && echo "$l $c"
      c=\${c%:*}; c=\${c#[}; c=\${c%]}; ip -o route get "\${c#::ffff:}" 2>/dev/null; }
    break;;
  esac
  s=\${s##*) }; set -- $s; p=$2
done
echo @end`;

/** @throws Error when the output can't be understood */
export function parseUfw(out: Output): UfwState | Missing<UfwState> {
  const sections = readSections(out.stdout);
  if (!sections.has('end')) throw new Error('the probe of ufw stopped before its end');
  const settings = new Map(
    (sections.get('settings') ?? []).map((row) => {
      const [key = '', value = ''] = row.split('=');
      return [key, value.replaceAll(/["']/g, '')] as const;
    }),
  );
  const kernel = sections.get('kernel') ?? [];
  const rules = (name: string) =>
    (sections.get(name) ?? []).map((row) => parseTuple(row.replace('### tuple ### ', '')));
  const state: UfwState = {
    hidden: kernel.includes('hidden'),
    enabled: settings.get('ENABLED')?.toLowerCase() === 'yes',
    loaded: kernel.includes('loaded'),
    logging: settings.get('LOGLEVEL')?.toLowerCase() ?? 'low',
    ipv6: settings.get('IPV6')?.toLowerCase() !== 'no' && kernel.includes('ipv6'),
    policies: {
      incoming: settings.get('DEFAULT_INPUT_POLICY') ?? 'DROP',
      outgoing: settings.get('DEFAULT_OUTPUT_POLICY') ?? 'ACCEPT',
      routed: settings.get('DEFAULT_FORWARD_POLICY') ?? 'DROP',
    },
    rules: { 4: rules('four'), 6: rules('six') },
    connection: connectionOf(sections.get('ssh') ?? []),
  };
  // Without settings these are Debian's own, as they are after its installation.
  return kernel.includes('ufw') ? state : new Missing<UfwState>(['package:ufw'], state);
}

/** `sshd`, then `LOCAL:PORT PEER:PORT` as ss(8) prints it, then `… dev NAME …` of ip-route(8). */
function connectionOf([first, sockets = '', route = '']: readonly string[]): SshConnection | undefined {
  if (first === undefined) return undefined;
  const [local = '', peer = ''] = sockets.split(' ');
  const [, server, port] = /^(.+):(\d+)$/.exec(local) ?? [];
  if (port === undefined) return { port: 22, server: undefined, client: undefined, interface: undefined };
  return {
    port: Number(port),
    server: bare(server ?? ''),
    client: bare(peer.replace(/:\d+$/, '')),
    interface: / dev (\S+)/.exec(route)?.[1],
  };
}

/** Without brackets, zone and the prefix of IPv4 in IPv6. */
function bare(address: string): string {
  return address.replaceAll(/[[\]]|%.*$/g, '').replace(/^::ffff:(?=\d+\.)/, '');
}
