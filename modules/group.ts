// A group of the host's own database (/etc/group), as groupadd(8), groupmod(8) and groupdel(8) keep it.
import { type Change, defineModule, presence, sh, Type } from '../engine/module/index.ts';

interface Group {
  readonly gid: number;
}

export default defineModule({
  name: 'group',
  summary: 'Manage a group',
  example: `
- name: Application group
  group: { name: app, system: true }
`,
  params: Type.Object({
    name: Type.String({ minLength: 1, pattern: '^[a-z_][a-z0-9_.-]*\\$?$', description: 'Name of the group' }),
    ...presence,
    gid: Type.Optional(Type.Integer({ minimum: 0, description: 'Numeric id; left alone when not given' })),
    system: Type.Boolean({ default: false, description: 'Take the id from the range of system groups when created' }),
  }),

  // One getent for all: it prints the entries that exist and exits with 2 when one doesn't.
  probeMany: (wants) => sh`getent group ${wants.map((want) => want.name)} || [ $? = 2 ]`,
  parseMany: (out, wants) => {
    if (out.status !== 0) throw new Error(`getent does not work on this host: ${out.stderr.trim()}`);
    const found = new Map(out.stdout.split('\n').map((line) => parseEntry(line)));
    return wants.map((want) => found.get(want.name));
  },

  plan: (have: Group | undefined, want) => {
    const what = `group ${want.name}`;
    const changes: Change[] = [];
    if (want.state === 'absent') {
      if (have) changes.push({ op: '-', what, steps: [{ run: sh`groupdel ${want.name}` }] });
    } else if (!have) {
      const options = [
        ...(want.system ? ['--system'] : []),
        ...(want.gid === undefined ? [] : ['--gid', `${want.gid}`]),
      ];
      const run = sh`groupadd ${[...options, want.name]}`;
      changes.push({ op: '+', what, steps: [{ run }], provides: [`group:${want.name}`] });
    } else if (want.gid !== undefined && have.gid !== want.gid) {
      const run = sh`groupmod --gid ${want.gid} ${want.name}`;
      changes.push({ op: '~', what, from: `gid ${have.gid}`, to: `gid ${want.gid}`, steps: [{ run }] });
    }
    return { changes, result: want.state === 'present' ? { gid: have?.gid ?? want.gid ?? null } : {} };
  },
});

/** `name:password:gid:members`, group(5). */
function parseEntry(line: string): [string, Group | undefined] {
  const [name = '', , gid = ''] = line.split(':');
  return [name, /^\d+$/.test(gid) ? { gid: Number(gid) } : undefined];
}
