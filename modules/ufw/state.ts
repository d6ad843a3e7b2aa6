// Reads ufw's settings and rules from its own files (ufw itself is slow to start), and whether they are loaded.

import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { Missing } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { planUfw } from './plan.ts';
import PROBE from './probe.sh';
import { distinct, parseTuple, type UfwRule } from './rule.ts';
import { sshConnection } from './ssh-connection.ts';
import type { UfwState, UfwWant } from './want.ts';

const ADDRESSES = sh`ip -o addr 2>/dev/null`;
const PROFILES = sh`echo @profiles; set +f; cat /etc/ufw/applications.d/* 2>/dev/null | grep '^[[]'`;

/**
 * A read-only script, to be read by `parseUfw`: what probe.sh prints, and more.
 * @param rules where a wanted one names an interface or a profile, what the host has of these is read too
 */
export function probeUfw(rules: readonly UfwRule[]): Script {
  const interfaces = rules.some((rule) => rule.interface !== '');
  const profiles = rules.some((rule) => rule.profile !== '');
  return lines(
    PROBE,
    sh`echo @addresses`,
    interfaces ? ADDRESSES : sh`case $tuples in *' in_'*) ${ADDRESSES};; esac`,
    profiles ? PROFILES : undefined,
    sh`echo @end`,
  );
}

/** @throws Error when the output can't be understood */
export function parseUfw(out: Output, want: UfwWant): UfwState | Missing<UfwState> {
  const sections = readSections(out.stdout);
  if (!sections.has('end')) throw new Error('the probe of ufw stopped before its end');
  const settings = new Map(
    (sections.get('settings') ?? []).map((row) => {
      const [key = '', value = ''] = row.split('=');
      return [key, value.replaceAll(/["']/g, '')] as const;
    }),
  );
  const kernel = sections.get('kernel') ?? [];
  // A profile with several protocols has a line for each, side by side; to a command they are one rule.
  const rules = (file: string) =>
    distinct(
      (sections.get('rules') ?? []).flatMap((row) => {
        const [name = '', tuple] = row.split(':### tuple ### ');
        if (tuple === undefined && row !== '')
          throw new Error(`ufw's rules hold a line that can't be understood: ${row}`);
        return tuple !== undefined && name.endsWith(file) ? [parseTuple(tuple)] : [];
      }),
    );
  // Debian's package sets it to yes; where its line was taken out, ufw leaves IPv6 shut.
  const unset = kernel.includes('ufw') ? 'no' : 'yes';
  const state: UfwState = {
    hidden: kernel.includes('hidden'),
    enabled: settings.get('ENABLED')?.toLowerCase() === 'yes',
    loaded: kernel.includes('loaded'),
    logging: settings.get('LOGLEVEL')?.toLowerCase() ?? 'low',
    ipv6: (settings.get('IPV6')?.toLowerCase() ?? unset) === 'yes' && kernel.includes('ipv6'),
    policies: {
      incoming: settings.get('DEFAULT_INPUT_POLICY') ?? 'DROP',
      outgoing: settings.get('DEFAULT_OUTPUT_POLICY') ?? 'ACCEPT',
      routed: settings.get('DEFAULT_FORWARD_POLICY') ?? 'DROP',
    },
    rules: { 4: rules('/user.rules'), 6: rules('/user6.rules') },
    connection: sshConnection(sections.get('ssh') ?? [], sections.get('addresses') ?? []),
    profiles: sections.get('profiles')?.map((row) => row.replace(/^\[(.*)\].*$/, '$1')),
  };
  // Without settings these are Debian's own, as they are after its installation.
  // A firewall that isn't installed is off, and has no rule to take away.
  const needed = want.state === 'enabled' || planUfw(state, want).changes.length > 0;
  return kernel.includes('ufw') || !needed ? state : new Missing<UfwState>({ needs: ['package:ufw'], fresh: state });
}
