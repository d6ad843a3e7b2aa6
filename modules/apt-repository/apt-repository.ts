// A package repository that apt may install from, with the key that it must be signed with.

import {
  Content,
  defineModule,
  type LocalSource,
  lines,
  named,
  pathThing,
  presence,
  Strings,
  sh,
  Type,
  things,
} from '../../engine/module/index.ts';
import { readSections } from '../../engine/module/sections.ts';
import {
  type AptSource,
  pendingSource,
  planSource,
  sourceQueries,
  sourceState,
} from '../../engine/resources/apt/source.ts';
import { SOURCE_LINES, sourceFiles } from '../../engine/resources/apt/sources.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import { secretInAddress } from '../../engine/resources/http/address-secret.ts';
import { DIFFERENCES } from './differences.ts';

const SUITE = /^[A-Za-z0-9./][A-Za-z0-9._/~+-]*$/;

export default defineModule({
  name: 'apt-repository',
  summary: 'Manage a package repository of apt',
  example: `
- name: Node.js from its publisher
  apt-repository:
    name: nodesource
    uri: https://deb.nodesource.com/node_20.x
    suites: nodistro
    components: [main]
    signed_by: nodesource.asc
- name: Node.js
  apt: { name: nodejs, update_cache: true, cache_valid_time: 86400 }
`,
  params: Type.Object({
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
      description: 'Name of its files: NAME.sources in /etc/apt/sources.list.d, and its key in /etc/apt/keyrings',
    }),
    uri: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9+.-]*:[!-~]+$',
        description: 'Where it is, such as https://example.com/debian',
      }),
    ),
    suites: Type.Optional(
      Strings({ description: 'Suite or list of them, such as bookworm; a path that ends in / has no components' }),
    ),
    components: Type.Array(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/+-]*$' }), {
      default: [],
      description: 'Components; main when not given',
    }),
    signed_by: Type.Optional(
      Type.Unsafe<LocalSource>({
        type: 'string',
        minLength: 1,
        vrun: 'local-file',
        vrunInline: '^\\s*-----BEGIN',
        description: "Public key of its signer: a file in files/ beside the runbook, or the armored key's own text",
      }),
    ),
    ...presence,
  }),

  results: Type.Object({ source: Type.String({ description: 'Path of its file' }) }),
  manual: {
    reads:
      'Its two files, and all other sources of the host: of one repository apt takes only sources that agree in key and options.',
    changes:
      'The key, then the source, each written atomically. The lists are fetched by the `apt` task that needs them.',
    dryRun: 'Whether the address answers, and whether what it offers is signed with the key.',
    needs: 'apt.',
    tried: 'Debian 12: apt 2.6.2, against whose own verdict on pairs of sources it was held.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const { suites, state, uri } = params;
    const names = typeof suites === 'string' ? [suites] : Array.isArray(suites) ? suites : [];
    const bad = names.find((suite) => typeof suite === 'string' && !SUITE.test(suite));
    const missing = ['uri', 'suites', 'signed_by'].filter((name) => !(name in params));
    return [
      ...secretInAddress(
        'uri',
        uri,
        'Write it to /etc/apt/auth.conf.d/NAME.conf with copy, mode 0600: apt_auth.conf(5).',
      ),
      ...(bad === undefined
        ? []
        : [
            {
              parameter: 'suites',
              summary: `‹${bad}› is no suite`,
              hint: 'Write a name such as bookworm, or several as a list.',
            },
          ]),
      ...(state !== 'absent' && typeof state !== 'object' && missing.length > 0
        ? [
            {
              parameter: undefined,
              summary: `apt-repository needs ${missing.join(' and ')}`,
              hint: 'Only with `state: absent` they may be left out.',
            },
          ]
        : []),
    ];
  },

  prepare: (params): AptSource => {
    const suites = typeof params.suites === 'string' ? [params.suites] : (params.suites ?? []);
    const { name, uri = '', components, signed_by: key } = params;
    const named = components.length === 0 && !suites.every((suite) => suite.endsWith('/')) ? ['main'] : components;
    const text = key?.content ?? Content.of('');
    return { name, present: params.state === 'present', uri, suites, components: named, key: trimmed(text) };
  },

  probeMany: (wants) =>
    lines(
      wants.some(({ present }) => present) ? lines(sh`echo @sources`, SOURCE_LINES) : undefined,
      probeFiles(wants.flatMap(sourceQueries)),
    ),
  parseMany: (out, wants) => {
    const report = parseFiles(out, wants.flatMap(sourceQueries));
    const files = sourceFiles(readSections(out.stdout).get('sources') ?? []);
    return wants.map((want) => sourceState(report, want.present ? files : [], want));
  },
  about: ({ name }) => [...things('repository', name), ...pathThing(named`/etc/apt/sources.list.d/${name}.sources`)],
  pending: pendingSource,
  plan: planSource,
});

/** YAML may have left white space before an armored key, which apt would take for a binary one. */
function trimmed(key: Content): Content {
  const text = key.text();
  return text?.trimStart().startsWith('-----BEGIN') ? Content.of(`${text.trim()}\n`) : key;
}
