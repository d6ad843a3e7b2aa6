// A file of the host in a register: its text, and its bytes as base64. Changes nothing.

import {
  defineModule,
  lines,
  Missing,
  type Output,
  type PathEffect,
  type Plan,
  pathThing,
  sh,
  Type,
  Unknown,
} from '../../engine/module/index.ts';
import { readSections } from '../../engine/module/sections.ts';
import { unreadable } from '../../engine/resources/file/attributes.ts';
import { baseName, checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import { DIFFERENCES } from './differences.ts';

/** Bytes of a file; a register is kept in memory for every host, and goes into the record. */
const MOST = 262_144;

interface Want {
  readonly src: string;
}

/** What is there, links followed. */
interface Found {
  readonly kind: 'hidden' | 'directory' | 'other' | 'large' | 'file';
  readonly content: string;
  /** What a pending change of a dry run leaves there. */
  readonly left?: PathEffect | undefined;
}

export default defineModule({
  name: 'slurp',
  summary: 'Read a file of the host into a register',
  example: `
- name: The key that the host made for itself
  slurp: { src: /etc/app/public.pem }
  register: key

- name: Where it came from, and what it is
  debug: { msg: "{{ key.source }}: {{ key.text }}" }
`,
  params: Type.Object({
    src: Type.String({
      minLength: 1,
      description: `Absolute path of a file on the host, of at most ${MOST / 1024} KiB; links are followed`,
    }),
  }),
  results: Type.Object({
    text: Type.Optional(
      Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'The file as text; null where it is not UTF-8',
      }),
    ),
    content: Type.Optional(Type.String({ description: 'The file, encoded' })),
    encoding: Type.Optional(Type.String({ description: 'How: always base64' })),
    source: Type.Optional(Type.String({ description: 'The path, as it was asked for' })),
  }),
  manual: {
    reads: `The file, whole. What is in a register can be seen in the record: a secret is better read by the task that needs it, on the host.`,
    changes: 'Nothing.',
    dryRun: 'What a pending change writes there is `unknown`.',
    needs: 'base64: coreutils or BusyBox.',
    tried: 'Debian 12: coreutils 9.1; BusyBox 1.35.',
  },
  differences: DIFFERENCES,
  freeForm: 'src',
  aliases: { path: 'src' },
  checkParams: (params) => checkPaths(params, ['src']),
  prepare: ({ src }): Want => ({ src: cleanPath(src) }),

  probe: ({ src }) =>
    lines(
      sh`f=${src}; printf '@slurp\n'; if [ -d "$f" ]; then echo directory; elif [ ! -e "$f" ]; then echo none; elif [ ! -f "$f" ]; then echo other`,
      sh`elif [ ! -r "$f" ]; then echo hidden; elif [ "$(wc -c <"$f")" -gt ${MOST} ]; then echo large; else echo file; base64 <"$f"; fi`,
      probeFiles([{ path: src }]),
    ),
  parse: (out: Output, { src }): Found | Missing<Found> => {
    const [kind = '', ...rows] = readSections(out.stdout).get('slurp') ?? [];
    if (kind === 'none') {
      const isHidden = parseFiles(out, [{ path: src }]).entry(src)?.kind === 'hidden';
      return isHidden ? { kind: 'hidden', content: '' } : new Missing<Found>({ needs: [`path:${src}`] });
    }
    if (!isKind(kind)) throw new Error(`the probe of a file told a kind that is none: ${kind}`);
    return { kind, content: rows.join('') };
  },

  pending: (have, { src }, foreseen): Found | Missing<Found> => {
    const left = foreseen.at(src);
    if (left === undefined || left.kind === 'same') return have;
    if (left.kind === 'nothing') return new Missing<Found>({ needs: [`path:${src}`] });
    return { kind: 'file', content: '', left };
  },

  looksAt: ({ src }) => pathThing(src),
  plan: (have: Found, want) => planSlurp(have, want),
});

const KINDS = ['hidden', 'directory', 'other', 'large', 'file'] as const;

function isKind(text: string): text is Found['kind'] {
  return KINDS.some((kind) => kind === text);
}

function planSlurp({ kind, content, left }: Found, { src }: Want): Plan {
  if (left?.kind === 'file' && !left.content.secret && left.content.size <= MOST) {
    return { changes: [], result: fields(left.content.bytes(), src) };
  }
  if (left) {
    const later = new Unknown('apply', `what is in ${src}`);
    return { changes: [], result: { content: later, text: later, encoding: 'base64', source: src } };
  }
  if (kind === 'hidden') return { changes: [], failure: unreadable(src) };
  if (kind !== 'file') return { changes: [], failure: { summary: `${src} ${WHY[kind]}`, hint: hintFor(kind, src) } };
  return { changes: [], result: fields(Buffer.from(content, 'base64'), src) };
}

function fields(bytes: Buffer, source: string): Readonly<Record<string, string | null>> {
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  return { content: bytes.toString('base64'), text: isText ? text : null, encoding: 'base64', source };
}

const WHY = {
  directory: 'is a directory and no file',
  other: 'is a FIFO, a socket or a device, whose reading might not end',
  large: `has more than ${MOST / 1024} KiB`,
};

function hintFor(kind: keyof typeof WHY, src: string): string | undefined {
  if (kind === 'large')
    return `Bring it here with \`fetch\`, or take what is needed of it: command: head -n 1 ${baseName(src)}`;
  return kind === 'directory' ? 'List what is in it with `find`.' : undefined;
}
