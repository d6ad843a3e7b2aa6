// A file on the host that it fetches itself, known by its digest: once it is there, nothing is fetched.
import {
  defineModule,
  lines,
  Missing,
  ownership,
  pathThing,
  type Resource,
  sh,
  Type,
  things,
} from '../engine/module/index.ts';
import { checkUrl, type Download, type DownloadState, planDownload } from '../engine/module/resources/download.ts';
import { probeFiles } from '../engine/module/resources/file-probe.ts';
import { parseFiles } from '../engine/module/resources/file-report.ts';
import type { FileQuery } from '../engine/module/resources/file-state.ts';
import { fileNeeds } from '../engine/module/resources/managed-file.ts';
import { baseName, checkPaths, cleanPath } from '../engine/module/resources/path.ts';
import { readSections } from '../engine/module/resources/sections.ts';

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
      pattern: '^(sha256:[0-9A-Fa-f]{64}|sha512:[0-9A-Fa-f]{128})$',
      description: 'Digest of the file, sha256:HEX or sha512:HEX; any other file is refused',
    }),
    ...ownership,
  }),

  checkParams: (params) => [
    ...checkPaths(params, ['dest']),
    ...checkUrl('url', params.url),
    ...(typeof params.dest === 'string' &&
    params.dest.endsWith('/') &&
    typeof params.url === 'string' &&
    nameIn(params.url) === ''
      ? [{ parameter: 'dest', summary: 'The address has no file name', hint: 'Write the name of the file in dest.' }]
      : []),
  ],

  prepare: ({ url, dest, checksum, owner, group, mode }): Download => {
    const [algorithm, digest = ''] = checksum.split(':');
    return {
      ...{ owner, group, mode, url, digest: digest.toLowerCase() },
      path: cleanPath(dest.endsWith('/') ? `${dest}${nameIn(url)}` : dest),
      algorithm: algorithm === 'sha512' ? 'sha512' : 'sha256',
    };
  },

  probe: (want) =>
    lines(
      sh`printf '@tool\n'; if command -v curl || command -v wget; then :; fi`,
      want.algorithm === 'sha256'
        ? undefined
        : sh`printf '@sum\n'; if [ -f ${want.path} ] && [ ! -h ${want.path} ]; then sha512sum <${want.path}; fi`,
      probeFiles([query(want)]),
    ),
  parse: (out, want): DownloadState | Missing<DownloadState> => {
    const report = parseFiles(out, [query(want)]);
    const sections = readSections(out.stdout);
    const entry = report.entry(want.path);
    const [sum] = sections.get('sum') ?? [];
    const digest = want.algorithm === 'sha256' ? entry?.sha256 : /^[0-9a-f]{128}(?= )/.exec(sum ?? '')?.[0];
    const state: DownloadState = { ...report.state(query(want)), digest };
    const tooled = (sections.get('tool') ?? []).length > 0 || (entry?.kind === 'file' && digest === want.digest);
    const needs: readonly Resource[] = [
      ...(tooled ? [] : ['package:curl' as const]),
      ...fileNeeds(report, query(want)),
    ];
    return needs.length === 0 ? state : new Missing(needs, state, tooled ? undefined : NO_TOOL);
  },

  about: ({ dest, url }) => {
    const inside = typeof dest === 'string' && dest.endsWith('/') && typeof url === 'string';
    return [...things('download', dest), ...pathThing(inside ? `${dest}${nameIn(url)}` : dest)];
  },

  plan: (have, want) => {
    const { url, path, algorithm, digest } = want;
    return { ...planDownload(have, want), result: { url, dest: path, checksum: `${algorithm}:${digest}` } };
  },
});

function query({ path, owner, group, algorithm }: Download): FileQuery {
  return { path, owner, group, digest: algorithm === 'sha256' };
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
