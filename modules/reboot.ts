// Boots the host again and waits until it is back.
import { defineModule, type Plan, sh, Type } from '../engine/module/index.ts';

/** What the host says of the boot that it runs since, and whether it wants another. */
interface Boot {
  /** The same until the next boot. */
  readonly id: string;
  /** A package has asked for it: Debian's and Ubuntu's sign. */
  readonly required: boolean;
  readonly systemd: boolean;
}

/** Seconds until it begins: for the answer to be read, and the connection to be closed. */
const AHEAD = 2;

export default defineModule({
  name: 'reboot',
  summary: 'Boot the host anew and wait until it is back',
  example: `
- name: The new kernel
  reboot: { when_required: true }
`,
  params: Type.Object({
    timeout: Type.Integer({ default: 600, minimum: 1, maximum: 86_400, description: 'Seconds until it must be back' }),
    when_required: Type.Boolean({
      default: false,
      description: 'Only where a package asks for it (/run/reboot-required)',
    }),
  }),

  results: Type.Object({
    required: Type.Boolean({ description: 'Whether a package asked for it (/run/reboot-required)' }),
  }),
  manual: {
    reads:
      'The identity of this boot (/proc/sys/kernel/random/boot_id and the start of process 1), and whether a package asks for another.',
    changes:
      'It boots the host with systemctl or reboot, two seconds ahead so that the answer arrives, and logs in until another boot answers.',
    dryRun: 'With `when_required`: whether a pending change will ask for it.',
    needs: 'systemd, or the reboot of BusyBox or sysvinit.',
    tried: 'Debian 12: systemd 252.',
  },

  // A container's kernel goes on when it boots, and its process 1 doesn't; a machine's process 1 starts at the same
  // moment after each boot. Both together are never the same again: proc(5), field 22 of stat.
  probe:
    () => sh`IFS= read -r b </proc/sys/kernel/random/boot_id; IFS= read -r s </proc/1/stat; set -- \${s##*) }; shift 19
printf 'boot %s/%s\n' "$b" "$1"
if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then echo required; fi
if [ -d /run/systemd/system ]; then echo systemd; fi`,

  parse: (out): Boot => {
    const [first = '', ...more] = out.stdout.trimEnd().split('\n');
    const id = /^boot ([0-9a-f-]{36}\/\d+)$/.exec(first)?.[1];
    if (id === undefined) throw new Error(`the host does not say when it was booted: ${out.stdout}${out.stderr}`);
    return { id, required: more.includes('required'), systemd: more.includes('systemd') };
  },

  about: () => ['unit:*', 'act:any'],
  plan: (have: Boot, want): Plan => {
    const result = { required: have.required };
    if (want.when_required && !have.required) {
      return { changes: [], result, doubt: 'a pending change may ask for a reboot' };
    }
    // Neither may keep this script's output open, or it would end only with the host.
    const run = have.systemd
      ? sh`systemd-run --quiet --collect --on-active=${AHEAD} --timer-property=AccuracySec=100ms systemctl reboot`
      : sh`(sleep ${AHEAD}; reboot) </dev/null >/dev/null 2>&1 &`;
    return {
      changes: [{ op: '!', what: 'reboot', steps: [{ run }] }],
      result,
      rejoin: { seconds: want.timeout, back: (state) => isBoot(state) && state.id !== have.id },
    };
  },
});

function isBoot(state: unknown): state is Boot {
  return typeof state === 'object' && state !== null && 'id' in state && typeof state.id === 'string';
}
