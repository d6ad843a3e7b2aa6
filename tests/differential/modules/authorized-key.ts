import fc from 'fast-check';
import { any, beside, ending, leaving, of, refusing, where } from '../rules.ts';
import type { Announced, Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

const ED = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpKvqRk9zYB0cX0tXzY1l8JcK3mS2nGq9V4xkq0h2aB';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILs4Vd0p3n9wJ6c1Yb8mXk2Q7r5tH0uEoZfA1gTn6iRj';
const KEYS = [
  ED,
  `${ED} anna@laptop`,
  `${OTHER} bob`,
  `${ED} anna\n${OTHER} bob\n`,
  `restrict ${ED} anna`,
  `# note\n${OTHER} bob`,
];

const given = fc
  .subarray([
    `echo '${ED} anna@laptop'`,
    `echo 'restrict,command="/bin/true" ${OTHER} bob'`,
    "echo '# a comment'",
    `echo '${ED} again'`,
    "echo 'no key at all'",
    "echo ''",
  ])
  .map((lines) =>
    lines.length === 0
      ? ':'
      : `install -d -m 700 -o dana -g dana /home/dana/.ssh\n{ ${lines.join('; ')}; } >/home/dana/.ssh/authorized_keys\nchown dana:dana /home/dana/.ssh/authorized_keys; chmod 600 /home/dana/.ssh/authorized_keys`,
  );

const tasks = task('authorized_key', {
  user: fc.constantFrom('dana', 'dana', 'dana', 'nobody-there'),
  key: fc.constantFrom(...KEYS),
  state: optional(fc.constantFrom('present', 'absent')),
  exclusive: rare(fc.boolean()),
  key_options: rare(fc.constantFrom('restrict', 'no-pty,from="10.0.0.0/8"')),
  manage_dir: rare(fc.boolean()),
  path: rare(fc.constant('/home/dana/keys')),
  comment: rare(fc.constant('said'), 30),
});

/** A key that is written without comment or options, or with options of its own. */
const bare = ({ key = '' }: Readonly<Record<string, unknown>>) => /^(# note\n)?ssh-ed25519 \S+\n?$/.test(String(key));
const optioned = ({ key = '', key_options: options }: Readonly<Record<string, unknown>>) =>
  options !== undefined || String(key).startsWith('restrict');
const FILE = /authorized_keys$|\/keys$/;
const changes = any(ending('ok', 'changed'), ending('changed', 'ok'));

const ANNOUNCED: readonly Announced[] = [
  {
    key: 'absent-user',
    is: any(
      ending('ok', 'failed', /Failed to lookup user|user must exist/),
      of(({ state }) => state === 'absent', ending('changed', 'failed', /Failed to lookup user/)),
    ),
  },
  { key: 'comments-of-the-file', is: refusing(/exclusive is for keys that are present/) },
  { key: 'directory-of-a-path', is: leaving(/^\/home\/dana$/, ({ path }) => path !== undefined) },
  { key: 'one-line', is: where(/anna@laptop[\s\S]*again/, any(changes, leaving(FILE))) },
  {
    key: 'options-stay',
    is: any(where(/restrict/, any(changes, leaving(FILE))), beside(optioned, any(changes, leaving(FILE)))),
  },
  { key: 'comment-stays', is: any(of(bare, changes), leaving(FILE, bare)) },
  { key: 'comments-of-the-file', is: leaving(FILE, ({ exclusive }) => exclusive === true) },
  {
    key: 'place',
    is: (difference) => difference.kind === 'state' && FILE.test(difference.of) && sameLines(difference),
  },
];

function sameLines({ vrun, ansible }: { readonly vrun: unknown; readonly ansible: unknown }): boolean {
  const lines = (entry: unknown) => String(Object(entry).content).split('\n').sort().join('\n');
  return lines(vrun) === lines(ansible);
}

export const authorizedKey: Subject = {
  module: 'authorized-key',
  settled: true,
  announced: ANNOUNCED,
  /** Ansible writes a space behind a key without a comment. */
  alike: (text) => text.replaceAll(' \\n', '\\n'),
  reset: 'id dana >/dev/null 2>&1 || useradd -M dana\nrm -rf /home/dana; install -d -o dana -g dana /home/dana',
  paths: ['/home/dana'],
  trials: fc.record({ given, tasks: few(tasks) }),
};
