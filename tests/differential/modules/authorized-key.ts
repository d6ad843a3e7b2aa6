import fc from 'fast-check';
import type { Subject } from '../trial.ts';
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

export const authorizedKey: Subject = {
  module: 'authorized-key',
  reset: 'id dana >/dev/null 2>&1 || useradd -M dana\nrm -rf /home/dana; install -d -o dana -g dana /home/dana',
  paths: ['/home/dana'],
  trials: fc.record({ given, tasks: few(tasks) }),
};
