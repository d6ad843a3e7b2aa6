// What is at a path, for later tasks to decide by. Changes nothing.
import { defineModule, pathThing, Type, Unknown } from '../engine/module/index.ts';
import { unreadable } from '../engine/module/resources/attributes.ts';
import { probeFiles } from '../engine/module/resources/file-probe.ts';
import { parseFiles } from '../engine/module/resources/file-report.ts';
import type { Entry, FileQuery } from '../engine/module/resources/file-state.ts';
import { octal } from '../engine/module/resources/mode.ts';
import { checkPaths, cleanPath } from '../engine/module/resources/path.ts';

export default defineModule({
  name: 'stat',
  summary: 'Look at a path',
  example: `
- name: Is there a certificate
  stat: { path: /etc/ssl/private/site.pem }
  register: certificate

- name: Say so
  debug: { msg: There is no certificate yet }
  when: "!certificate.stat.exists"
`,
  takesCut: true,
  params: Type.Object({
    path: Type.String({ minLength: 1, description: 'Absolute path on the host; a symbolic link is not followed' }),
  }),
  freeForm: 'path',
  checkParams: (params) => checkPaths(params, ['path']),
  prepare: (params) => ({ path: cleanPath(params.path) }),

  probeMany: (wants) => probeFiles(wants.map(queryOf)),
  parseMany: (out, wants) => {
    const report = parseFiles(out, wants.map(queryOf));
    return wants.map((want): Found => ({ entry: report.entry(want.path) }));
  },

  pending: (have, { path }, foreseen) => {
    const kind = foreseen.left(path)?.kind;
    if (kind === undefined) return have;
    return kind === 'nothing' ? { entry: undefined } : { entry: undefined, isLeft: true };
  },

  looksAt: ({ path }) => pathThing(path),
  plan: ({ entry, isLeft }: Found, want) => {
    if (entry?.kind === 'hidden') return { changes: [], failure: unreadable(want.path) };
    if (isLeft) return { changes: [], result: { stat: new Unknown('apply', `what is at ${want.path}`) } };
    return { changes: [], result: { stat: entry ? describe(entry, want.path) : { exists: false } } };
  },
});

interface Found {
  readonly entry: Entry | undefined;
  /** A pending change of a dry run leaves something there, and what is read of it now is no longer so. */
  readonly isLeft?: boolean;
}

function queryOf(want: { readonly path: string }): FileQuery {
  return { path: want.path, digest: true };
}

/** The names are Ansible's; the checksum is a sha256 and says so. */
function describe(entry: Entry, path: string) {
  return {
    exists: true,
    path,
    isreg: entry.kind === 'file',
    isdir: entry.kind === 'directory',
    islnk: entry.kind === 'link',
    mode: octal(entry.mode),
    uid: entry.uid,
    gid: entry.gid,
    pw_name: entry.owner ?? null,
    gr_name: entry.group ?? null,
    size: entry.size,
    mtime: entry.modified,
    inode: entry.inode,
    dev: entry.device,
    nlink: entry.hardLinks,
    lnk_source: entry.target ?? null,
    sha256: entry.kind === 'file' ? (entry.sha256 ?? null) : null,
  };
}
