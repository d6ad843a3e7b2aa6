// A group of the host's own database (/etc/group), as groupadd(8), groupmod(8) and groupdel(8) keep it.

import {
  type Change,
  defineModule,
  type Failure,
  Missing,
  presence,
  sh,
  Type,
  things,
  Unknown,
} from '../../engine/module/index.ts';
import { DIFFERENCES } from './differences.ts';

interface Group {
  /** Whether the group database may be written. */
  readonly writable: boolean;
  /** Undefined when there is no such group. */
  readonly gid: number | undefined;
  /** Another group that has the wanted number. */
  readonly taken?: string | undefined;
  /** A user whose primary group it is; only read for a group that shall go. */
  readonly primaryOf?: string | undefined;
}

export default defineModule({
  name: 'group',
  summary: 'Manage a group',
  example: `
- name: Application group
  group: { name: app, system: true }
`,
  params: Type.Object({
    name: Type.String({
      minLength: 1,
      maxLength: 32,
      pattern: '^[A-Za-z_][A-Za-z0-9_.+-]*\\$?$',
      description: 'Name of the group',
    }),
    ...presence,
    gid: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 4_294_967_294, description: 'Numeric id; left alone when not given' }),
    ),
    non_unique: Type.Boolean({ default: false, description: 'Take the number of another group, too' }),
    system: Type.Boolean({ default: false, description: 'Take the id from the range of system groups when created' }),
    force: Type.Boolean({ default: false, description: "With state absent, remove a user's primary group, too" }),
  }),
  checkParams: (params) =>
    params.non_unique === true && !('gid' in params)
      ? [
          {
            parameter: 'non_unique',
            summary: 'non_unique is about a gid',
            hint: 'Give it with gid, or leave this out.',
          },
        ]
      : [],
  results: Type.Object({
    gid: Type.Optional(Type.Integer({ description: 'Its number, of a group that is wanted' })),
  }),
  manual: {
    reads: 'The entries of the groups, by name and by number, through getent(1); of a group that goes all accounts.',
    changes: 'One of groupadd, groupmod and groupdel. Files keep the numbers that they have.',
    dryRun: 'Everything; whether an account takes the group of its own name along when it goes is `unknown`.',
    needs: 'getent; groupadd and its like of the package passwd.',
    tried: 'Debian 12: passwd 4.13.',
  },
  differences: DIFFERENCES,

  // One getent for all, by name and by number: it prints the entries that exist and exits with 2 when one doesn't.
  probeMany: (wants) => {
    const keys = wants.flatMap(({ name, gid }) => [name, ...(gid === undefined ? [] : [`${gid}`])]);
    const groups = sh`[ ! -w /etc/group ] || echo writable; getent group ${[...new Set(keys)]} || [ $? = 2 ]`;
    return wants.some(({ state }) => state === 'absent') ? sh`{ ${groups}; } && getent passwd` : groups;
  },
  parseMany: (out, wants) => {
    if (out.status !== 0) throw new Error(`getent does not work on this host: ${out.stderr.trim()}`);
    const [first, ...rest] = out.stdout.split('\n').filter((row) => row !== '');
    const writable = first === 'writable';
    const rows = writable || first === undefined ? rest : [first, ...rest];
    const groups = rows.flatMap(groupOf);
    const users = rows.flatMap(userOf);
    return wants.map(({ name, gid: wanted }): Group => {
      const gid = groups.find((group) => group.name === name)?.gid;
      const taken = groups.find((group) => group.gid === wanted && group.name !== name)?.name;
      const primaryOf = users.find((user) => user.gid === gid)?.name;
      return { writable, gid, taken, primaryOf };
    });
  },

  independent: true,
  about: ({ name }) => things('group', name),
  looksAt: ({ name }) => things('own group', name),
  // An account's own group comes and goes with it.
  pending: (have, { name }, foreseen) =>
    Object.keys(foreseen.settled(`group:${name}`)).length > 0 ? new Missing<Group>({ needs: [`group:${name}`] }) : have,
  plan: (have: Group, want) => {
    const what = `group ${want.name}`;
    const unique = want.non_unique ? ['--non-unique'] : [];
    const later = new Unknown('apply', `the group ${want.name}, which is only made then`);
    // By its number others may name it, too.
    const names = [want.name, ...(want.gid === undefined ? [] : [want.gid])];
    const effects = names.map((one) => ({ makes: `group:${one}` }) as const);
    const changes: Change[] = [];
    if (want.state === 'absent') {
      if (have.primaryOf !== undefined && !want.force)
        return { changes, failure: isPrimary(want.name, have.primaryOf) };
      if (have.gid !== undefined)
        changes.push({
          op: '-',
          what,
          steps: [{ run: sh`groupdel ${[...(want.force ? ['--force'] : []), want.name]}` }],
        });
    } else if (want.gid !== undefined && have.taken !== undefined && have.gid !== want.gid && !want.non_unique) {
      return { changes, failure: isTaken(want.gid, have.taken) };
    } else if (have.gid === undefined) {
      const options = [
        ...(want.system ? ['--system'] : []),
        ...(want.gid === undefined ? [] : ['--gid', `${want.gid}`, ...unique]),
      ];
      const run = sh`groupadd ${[...options, want.name]}`;
      changes.push({ op: '+', what, steps: [{ run }], effects });
    } else if (want.gid !== undefined && have.gid !== want.gid) {
      const run = sh`groupmod --gid ${[`${want.gid}`, ...unique, want.name]}`;
      changes.push({ op: '~', what, from: `gid ${have.gid}`, to: `gid ${want.gid}`, steps: [{ run }], effects });
    }
    if (changes.length > 0 && !have.writable) return { changes: [], failure: READ_ONLY };
    return { changes, result: want.state === 'present' ? { gid: want.gid ?? have.gid ?? later } : {} };
  },
});

/** `name:password:gid:members`, group(5). */
function groupOf(row: string): readonly { readonly name: string; readonly gid: number }[] {
  const fields = row.split(':');
  const [name = '', , gid = ''] = fields;
  if (fields.length !== 4 && fields.length !== 7)
    throw new Error(`getent printed a line that is none of its own: ${row}`);
  return fields.length === 4 && /^\d+$/.test(gid) ? [{ name, gid: Number(gid) }] : [];
}

/** `name:password:uid:gid:comment:home:shell`, passwd(5). */
function userOf(row: string): readonly { readonly name: string; readonly gid: number }[] {
  const fields = row.split(':');
  const [name = '', , , gid = ''] = fields;
  return fields.length === 7 && /^\d+$/.test(gid) ? [{ name, gid: Number(gid) }] : [];
}

const READ_ONLY: Failure = {
  summary: 'groups cannot be changed',
  detail: 'The user that the task runs as may not write /etc/group.',
  hint: 'Set `become: true` on the task.',
};

function isTaken(gid: number, group: string): Failure {
  return {
    summary: `the number ${gid} belongs to the group ${group}`,
    detail: 'Two groups of one number would be one to the kernel.',
    hint: 'Take another number, or give the other group a new one first.',
  };
}

function isPrimary(group: string, user: string): Failure {
  return {
    summary: `${group} is the primary group of the user ${user}`,
    detail: 'groupdel removes no group that is the primary one of a user.',
    hint: 'Remove the user or give it another group first.',
  };
}
