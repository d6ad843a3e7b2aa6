// Holds what is deployed against the build that was signed: file by file on a host, or as a site shows it.
import { Anything, defineModule, LocalFile, OneOf, Type } from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { secretInAddress } from '../../engine/resources/http/address-secret.ts';
import { manifestRows } from './rows.ts';
import { directoryScript } from './script.ts';
import {
  judgeSite,
  parseSite,
  SECURITY_HEADERS,
  type SiteState,
  type SiteWant,
  siteConfig,
  siteScript,
  siteWant,
} from './site.ts';
import { type DirectoryState, parseDirectory } from './state.ts';
import { judgeDirectory } from './verdict.ts';
import { type DirectoryWant, isSigned, readSigned } from './want.ts';

/** Parameters that say something about files, which a site doesn't show. */
const OF_FILES = ['manifest', 'signature', 'allowed_signers'] as const;

export default defineModule({
  name: 'proof-verify',
  summary: 'Check that what is deployed is the build that was signed',
  example: `
- name: Every file is the one that was signed
  proof-verify:
    path: /var/www/shop/current
    manifest: build/manifest.json
    allowed_signers: allowed_signers
    gates: [lint, test]

- name: The site shows its proof, and sends the six security headers
  proof-verify: { url: "https://www.example.com", max_age: 2592000 }
`,
  params: Type.Object({
    path: Type.Optional(Type.String({ minLength: 1, description: 'Directory that holds the build' })),
    url: Type.Optional(Type.String({ pattern: '^https?://[^\\s/]', description: 'Site, in place of path' })),
    manifest: Type.Optional(
      LocalFile({
        description:
          'Manifest of the build on the controller; without it only what the build says of itself is checked',
      }),
    ),
    signature: Type.Optional(
      LocalFile({
        description: 'Signature of the manifest; unless given, the file beside it with .sig after its name',
        vrunBeside: { parameter: 'manifest', suffix: '.sig' },
      }),
    ),
    allowed_signers: Type.Optional(
      LocalFile({ description: 'Whose builds are trusted, as ssh-keygen has it; a manifest needs it' }),
    ),
    commit: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'The only commit that is accepted; without it, any that is known and not dirty',
      }),
    ),
    start: Type.Optional(
      Type.String({ description: 'The command that starts it, as it was signed; empty: none was signed' }),
    ),
    lockfile: Type.String({
      default: 'package-lock.json',
      minLength: 1,
      description: 'File below path whose digest the build states',
    }),
    gates: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description:
        'Gates that the build must have, `A|B` for one or the other; all that it has must have passed in any case',
    }),
    headers: Type.Array(Type.String({ pattern: '^[A-Za-z0-9!#$%&*+.^_|~-]+$' }), {
      default: [...SECURITY_HEADERS],
      description: 'Headers that the page at url must send',
    }),
    proof: Type.String({
      default: '/proof/build.json',
      pattern: '^/',
      description: 'Where a site shows its proof, below url',
    }),
    page: Type.String({ default: '/', pattern: '^/', description: 'The page whose headers are looked at, below url' }),
    max_age: Type.Optional(Type.Integer({ minimum: 0, description: 'Seconds that the build may be old' })),
    deep: Type.Boolean({
      default: false,
      description: 'Look for special, set-uid and world-writable files where nothing is signed, too',
    }),
    from: OneOf(['host', 'controller'], {
      default: 'host',
      description: 'Where the build lies, or the site is asked from',
    }),
  }),
  results: Type.Object({
    commit: Type.Optional(Type.String({ description: 'The commit that was built' })),
    built_at: Type.Optional(Type.String({ description: 'When, in UTC (RFC 3339)' })),
    deps_sha256: Type.Optional(Type.String({ description: 'Digest of the lock file that was built with' })),
    gates: Type.Optional(Type.Array(Type.String(), { description: 'The gates that the build has' })),
    faults: Type.Optional(Type.Array(Type.String(), { description: 'What is wrong, a sentence each' })),
    signer: Type.Optional(Type.String({ description: 'Who signed the manifest' })),
    files: Type.Optional(Type.Integer({ description: 'How many files the manifest has' })),
    findings: Type.Optional(
      Anything({ description: 'Of a directory: the files that differ, by what is wrong with them' }),
    ),
    counts: Type.Optional(
      Anything({ description: 'Of a directory: how many files differ, by what is wrong with them' }),
    ),
    url: Type.Optional(Type.String({ description: 'Of a site: where its proof is' })),
    status: Type.Optional(Type.Integer({ description: 'Of a site: status of its page' })),
    headers: Type.Optional(Anything({ description: 'Of a site: headers of its page' })),
  }),
  manual: {
    reads:
      'The digest of every file below `path`, and whether there are others; of a site its page and its /proof/build.json.',
    changes: 'Nothing.',
    dryRun: 'What isn’t as it should be is `unknown` while changes are pending.',
    needs: 'find, sha256sum and awk; for a site curl.',
    tried: 'Debian 12: coreutils 9.1, mawk 1.3.4, curl 7.88.',
  },
  freeForm: 'path',
  check: true,
  costly: true,

  checkParams: (params) => [
    ...checkPaths(params, ['path']),
    ...('path' in params === 'url' in params
      ? [
          {
            parameter: undefined,
            summary: 'proof-verify takes path or url',
            hint: 'Give one of them: what is to be checked.',
          },
        ]
      : []),
    ...('url' in params
      ? OF_FILES.filter((name) => name in params).map((parameter) => ({
          parameter,
          summary: `${parameter} is about files, which a site does not show`,
          hint: 'Check the files with path, in a task of its own.',
        }))
      : []),
    ...('manifest' in params && !('allowed_signers' in params)
      ? [
          {
            parameter: 'manifest',
            summary: 'Nothing says whose signature is trusted',
            hint: 'Name the file with the keys: allowed_signers. vrun proof init prints the line of a key.',
          },
        ]
      : []),
    ...(!('manifest' in params) && !('url' in params)
      ? (['signature', 'allowed_signers', 'start'] as const)
          .filter((name) => name in params)
          .map((parameter) => ({
            parameter,
            summary: `${parameter} is of no use without a manifest`,
            hint: 'Name the manifest, too.',
          }))
      : []),
    ...(typeof params.lockfile === 'string' && !isBelow(params.lockfile)
      ? [{ parameter: 'lockfile', summary: 'The lock file lies below path', hint: 'Write it relative to path.' }]
      : []),
    ...secretInAddress('url', params.url, 'Leave it out: a proof is for everybody to see.'),
    ...(typeof params.url === 'string' && (hasControl(params.url) || !URL.canParse(params.url))
      ? [{ parameter: 'url', summary: 'That is no URL', hint: 'Write https://www.example.com.' }]
      : []),
  ],

  prepare: (params): ProofWant => {
    const { path = '', url, manifest, signature, allowed_signers: allowed, lockfile, deep, from } = params;
    const expected = { commit: params.commit, gates: params.gates, maxAge: params.max_age, start: params.start };
    if (url !== undefined) return { ...siteWant(url, params, expected), from };
    const signed = manifest && allowed && readSigned(manifest, signature, allowed);
    return { kind: 'directory', path: cleanPath(path), lockfile, deep, expected, signed, from };
  },

  where: ({ from }) => from,

  probe: (want) => (want.kind === 'site' ? siteScript() : directoryScript(want)),

  input: (want) => {
    if (want.kind === 'site') return siteConfig(want);
    const { signed } = want;
    return isSigned(signed) ? manifestRows(signed.manifest, signed.bytes, signed.signature) : undefined;
  },

  parse: (out, want) => (want.kind === 'site' ? parseSite(out) : parseDirectory(out, want)),

  plan: (have: DirectoryState | SiteState, want) => {
    if (want.kind === 'site') return 'page' in have ? { changes: [], ...judgeSite(have, want) } : { changes: [] };
    return 'findings' in have ? { changes: [], ...judgeDirectory(have, want) } : { changes: [] };
  },
});

type ProofWant = (DirectoryWant | SiteWant) & { readonly from: 'host' | 'controller' };

function isBelow(path: string): boolean {
  return !hasControl(path) && !path.startsWith('/') && !path.startsWith('-') && !path.split('/').includes('..');
}
