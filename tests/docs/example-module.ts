// The example of docs/writing-modules.md, so that it is type-checked and tried.
import { defineModule, sh, Type } from '../../engine/module/index.ts';

export default defineModule({
  name: 'timezone',
  summary: "Set the host's time zone",
  example: `
- name: Time in UTC
  timezone: { name: Etc/UTC }
`,
  params: Type.Object({
    name: Type.String({ pattern: '^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$', description: 'Name, such as Europe/Berlin' }),
  }),
  freeForm: 'name',

  probe: () => sh`readlink /etc/localtime || [ $? = 1 ]`,

  parse: (out) => {
    if (out.status !== 0) throw new Error(`/etc/localtime cannot be read: ${out.stderr.trim()}`);
    return out.stdout.trim().replace('/usr/share/zoneinfo/', '');
  },

  about: () => ['setting:timezone', 'path:/etc/localtime'],

  plan: (have, want) => {
    if (have === want.name) return { changes: [] };
    const run = sh`timedatectl set-timezone ${want.name}`;
    return { changes: [{ op: '~', what: 'time zone', from: have, to: want.name, steps: [{ run }] }] };
  },
});
