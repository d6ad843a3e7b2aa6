// The host's time zone: the link /etc/localtime, localtime(5), and Debian's /etc/timezone beside it.

import { type Change, Content, defineModule, lines, Missing, type Step, sh, Type } from '../../engine/module/index.ts';
import { readSections } from '../../engine/module/sections.ts';
import { isMounted } from '../../engine/resources/file/refusal.ts';
import { DIFFERENCES } from './differences.ts';

const ZONES = '/usr/share/zoneinfo';

interface Zone {
  /** Where /etc/localtime leads; undefined for what is no link into the zones. */
  readonly name: string | undefined;
  /** What /etc/timezone says; undefined where there is none. */
  readonly text: string | undefined;
  /** Whether the wanted zone is known here. */
  readonly known: boolean;
  readonly writable: boolean;
  /** Something is mounted at /etc/localtime. */
  readonly mounted?: boolean;
}

export default defineModule({
  name: 'timezone',
  summary: "Set the host's time zone",
  example: `
- name: Time in UTC
  timezone: { name: Etc/UTC }
`,
  params: Type.Object({
    name: Type.String({
      pattern: '^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$',
      description: 'Name in the IANA database, such as Europe/Berlin; services see it once they are restarted',
    }),
  }),
  freeForm: 'name',
  results: Type.Object({ name: Type.String({ description: 'The zone that is wanted' }) }),
  manual: {
    reads: 'Where /etc/localtime leads, /etc/timezone, and whether the host knows the zone.',
    changes:
      'The link, in one step, and /etc/timezone where there is one. Programs that run see it once they are started anew.',
    dryRun: 'Everything.',
    needs: 'tzdata.',
    tried: 'Debian 12: tzdata 2026f.',
  },
  differences: DIFFERENCES,

  // A zone's file begins with TZif (RFC 8536); tables of the same directory don't.
  probe: ({ name }) =>
    lines(
      sh`printf '@localtime\n'; [ ! -h /etc/localtime ] || readlink /etc/localtime`,
      sh`printf '@timezone\n'; [ ! -f /etc/timezone ] || { echo file; head -n 1 /etc/timezone; }`,
      sh`printf '@zone\n'; if [ ! -d ${ZONES} ]; then echo none; elif [ -f ${`${ZONES}/${name}`} ] && [ "$(head -c 4 ${`${ZONES}/${name}`})" = TZif ]; then echo known; else echo unknown; fi`,
      sh`printf '@access\n'; if [ -w /etc ]; then echo w; fi`,
      // A container's engine may have mounted it, so that no link can take its place.
      sh`! grep -qs ' /etc/localtime ' /proc/self/mounts || echo mounted`,
    ),
  parse: (out) => {
    const sections = readSections(out.stdout);
    const [target = ''] = sections.get('localtime') ?? [];
    const [zone] = sections.get('zone') ?? [];
    if (zone === undefined || !sections.has('access'))
      throw new Error(`the probe stopped before its end: ${out.stderr.trim()}`);
    const timezone = sections.get('timezone') ?? [];
    const [, name] = /^(?:\.\.\/|\/)usr\/share\/zoneinfo\/(.+)$/.exec(target) ?? [];
    const text = timezone.length === 0 ? undefined : (timezone[1]?.trim() ?? '');
    const access = sections.get('access') ?? [];
    const [writable, mounted] = [access.includes('w'), access.includes('mounted')];
    const state: Zone = { name, text, known: zone === 'known', writable, mounted };
    return zone === 'none' ? new Missing({ needs: ['package:tzdata'], fresh: { ...state, known: true } }) : state;
  },

  looksAt: () => ['word:timedatectl'],
  about: () => ['setting:timezone', 'path:/etc/localtime', 'path:/etc/timezone'],
  plan: (have: Zone, { name }) => {
    const result = { name };
    const steps: Step[] = [
      ...(have.text === undefined || have.text === name
        ? []
        : [{ write: { path: '/etc/timezone', content: Content.of(`${name}\n`) }, restore: true }]),
      ...(have.name === name ? [] : [{ run: link(name) }]),
    ];
    if (!have.known) return { changes: [], failure: noSuchZone(name) };
    if (steps.length === 0) return { changes: [], result };
    if (!have.writable) return { changes: [], failure: NOT_ROOT };
    if (have.mounted && have.name !== name) return { changes: [], failure: isMounted('/etc/localtime') };
    const from = have.name === name ? `${have.text ?? ''} in /etc/timezone` : (have.name ?? 'none');
    const change: Change = { op: '~', what: 'time zone', from, to: name, steps };
    return { changes: [change], result };
  },
});

/** A relative link, as systemd makes it, beside the old one, whose place it takes at once; a time without a zone is never seen. */
function link(name: string) {
  const beside = sh`/etc/.vrun-localtime.$$`;
  return sh`ln -sf -- ${`..${ZONES}/${name}`} ${beside} && mv -fT -- ${beside} /etc/localtime || { rm -f -- ${beside}; exit 1; }`;
}

function noSuchZone(name: string) {
  return {
    summary: `the host knows no time zone ${name}`,
    detail: `There is no zone of that name in ${ZONES}.`,
    hint: 'Names are written as in Europe/Berlin; `timedatectl list-timezones` shows all. Old ones such as US/Eastern are in the package tzdata-legacy on Debian 13 and Ubuntu 24.04.',
  };
}

const NOT_ROOT = {
  summary: 'the time zone cannot be changed',
  detail: 'The user that the task runs as may not write in /etc.',
  hint: 'Set `become: true` on the task.',
};
