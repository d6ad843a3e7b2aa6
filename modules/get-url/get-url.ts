// A file on the host that it fetches itself, known by its digest: once it is there, nothing is fetched.

import {
  defineModule,
  lines,
  Missing,
  ownership,
  pathThing,
  type Resource,
  sh,
  Text,
  Type,
  things,
} from '../../engine/module/index.ts';
import { readSections } from '../../engine/module/sections.ts';
import { fileNeeds } from '../../engine/resources/file/managed.ts';
import { baseName, checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { FileQuery } from '../../engine/resources/file/state.ts';
import { type Algorithm, askedDigest, DIGITS, probeChecksumFile } from './checksum-file.ts';
import { DIFFERENCES } from './differences.ts';
import { checkUrl, type Download, type DownloadState, planDownload } from './download.ts';
import { fetching, requesterConfig, saysMore } from './request.ts';

export default defineModule({
  name: 'get-url',
  summary: 'Fetch a file to the host',
  example: `
- name: A tool of one file
  get-url:
    url: https://downloads.example.com/tool-1.2.0
    dest: /usr/local/bin/tool
    checksum: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    mode: "0755"
`,
  params: Type.Object({
    url: Type.String({ minLength: 1, description: 'Address, http or https; it is seen in the list of processes' }),
    dest: Type.String({
      minLength: 1,
      description: 'Absolute path of the file on the host; behind a slash it gets the name that it has in the address',
    }),
    checksum: Type.String({
      pattern:
        '^(sha224:[0-9A-Fa-f]{56}|sha256:[0-9A-Fa-f]{64}|sha384:[0-9A-Fa-f]{96}|sha512:[0-9A-Fa-f]{128}|sha(224|256|384|512):https?://.+)$',
      description:
        'Digest of the file, sha256:HEX or sha512:HEX, or where a file of digests is: sha256:https://…/SHA256SUMS, which is fetched each time. Any other file is refused',
    }),
    headers: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9-]+$' }),
      Text({ description: 'Value; may hold a secret' }),
      {
        default: {},
        description: 'Request headers, for the file and for its digests',
      },
    ),
    url_username: Type.Optional(Type.String({ minLength: 1, description: 'User name for HTTP Basic' })),
    url_password: Type.Optional(Text({ description: 'Its password; may be a secret' })),
    backup: Type.Boolean({ default: false, description: 'Keep the old file beside the new one, the time in its name' }),
    ...ownership,
  }),
  aliases: { username: 'url_username', password: 'url_password' },
  results: Type.Object({
    url: Type.String({ description: 'The address' }),
    dest: Type.String({ description: 'Path of the file' }),
    checksum: Type.String({ description: 'Its digest, with the algorithm before it' }),
  }),
  manual: {
    reads: "The file's digest, owner, group and mode; a file of digests where checksum names one.",
    changes:
      'The file is fetched into a private directory beside its place and renamed there, with the wanted digest only.',
    dryRun: 'Whether the address can be fetched, and whether what comes has the digest.',
    needs: 'curl; without headers and a password GNU wget will do, and for http that of BusyBox.',
    tried: 'curl 7.88 and GNU wget 1.21 on Debian 12, BusyBox 1.35.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => [
    ...checkPaths(params, ['dest']),
    ...checkUrl('url', params.url),
    ...checkUrl('checksum', sumsOf(params.checksum)),
    ...(typeof params.dest === 'string' &&
    params.dest.endsWith('/') &&
    typeof params.url === 'string' &&
    nameIn(params.url) === ''
      ? [{ parameter: 'dest', summary: 'The address has no file name', hint: 'Write the name of the file in dest.' }]
      : []),
  ],

  prepare: ({ url, dest, checksum, owner, group, mode, headers, url_username: username, ...more }): Download => {
    const [algorithm = '', digest = ''] = checksum.split(':');
    const sums = sumsOf(checksum);
    return {
      ...{ owner, group, mode, url, headers, username, password: more.url_password, backup: more.backup, sums },
      digest: sums === undefined ? digest.toLowerCase() : '',
      path: cleanPath(dest.endsWith('/') ? `${dest}${nameIn(url)}` : dest),
      algorithm: isAlgorithm(algorithm) ? algorithm : 'sha256',
    };
  },

  probe: (want) =>
    lines(
      saysMore(want)
        ? sh`printf '@tool\n'; command -v curl`
        : sh`printf '@tool\n'; if command -v curl || command -v wget; then :; fi`,
      want.sums === undefined ? undefined : probeChecksumFile(fetching(want.sums, want), nameIn(want.url)),
      want.algorithm === 'sha256'
        ? undefined
        : sh`printf '@sum\n'; if [ -f ${want.path} ] && [ ! -h ${want.path} ]; then ${`${want.algorithm}sum`} <${want.path}; fi`,
      probeFiles([query(want)]),
    ),
  input: (want) => (want.sums === undefined ? undefined : requesterConfig(want)),
  parse: (out, want): DownloadState | Missing<DownloadState> => {
    const report = parseFiles(out, [query(want)]);
    const sections = readSections(out.stdout);
    const entry = report.entry(want.path);
    const [sum] = sections.get('sum') ?? [];
    const digest = want.algorithm === 'sha256' ? entry?.sha256 : /^[0-9a-f]+(?= )/.exec(sum ?? '')?.[0];
    const { algorithm, sums } = want;
    const said = Buffer.from((sections.get('sumsaid') ?? []).join(''), 'base64').toString('utf8');
    const asked =
      sums === undefined
        ? undefined
        : askedDigest(sections.get('sums') ?? [], said, { name: nameIn(want.url), algorithm, address: sums });
    const state: DownloadState = { ...report.state(query(want)), digest, ...(asked && { asked }) };
    const tooled =
      (sections.get('tool') ?? []).length > 0 ||
      (asked === undefined && entry?.kind === 'file' && digest === want.digest);
    const needs: readonly Resource[] = [
      ...(tooled ? [] : ['package:curl' as const]),
      ...fileNeeds(report, query(want)),
    ];
    if (needs.length === 0) return state;
    // Without curl the digest can't be fetched.
    const fresh = tooled || asked === undefined ? state : undefined;
    return new Missing({ needs, fresh, failure: tooled ? undefined : NO_TOOL });
  },

  about: ({ dest, url }) => {
    const inside = typeof dest === 'string' && dest.endsWith('/') && typeof url === 'string';
    return [...things('download', dest), ...pathThing(inside ? `${dest}${nameIn(url)}` : dest)];
  },

  plan: (have, want) => {
    const { url, path, algorithm } = want;
    const digest = have.asked && 'digest' in have.asked ? have.asked.digest : want.digest;
    return { ...planDownload(have, want), result: { url, dest: path, checksum: `${algorithm}:${digest}` } };
  },
});

function query({ path, owner, group, algorithm }: Download): FileQuery {
  return { path, owner, group, digest: algorithm === 'sha256' };
}

/** The address of a file of digests, where a checksum is one. */
function sumsOf(checksum: unknown): string | undefined {
  return typeof checksum === 'string' ? /^[a-z0-9]+:(https?:\/\/.+)$/.exec(checksum)?.[1] : undefined;
}

function isAlgorithm(name: string): name is Algorithm {
  return Object.hasOwn(DIGITS, name);
}

/** The last part of the address's path. */
function nameIn(url: string): string {
  return URL.canParse(url) ? baseName(new URL(url).pathname) : '';
}

const NO_TOOL = {
  summary: 'the host has neither curl nor wget',
  detail: 'It can fetch nothing by itself.',
  hint: 'Install curl in an earlier task: apt: { name: curl }',
};
