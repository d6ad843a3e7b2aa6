import fc from 'fast-check';
import { any, ending, leaving, OUTPUT, of, refusing } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

export const apt: Subject = {
  module: 'apt',
  announced: [
    OUTPUT,
    { key: 'repair', is: refusing(/‹state›/) },
    { key: 'names', is: refusing(/lab-h\*|‹name/) },
    {
      key: 'any-of-these',
      is: of(({ name }) => name === 'lab-hello=1.*', any(ending('ok', 'changed'), ending('ok', 'failed'))),
    },
    {
      key: 'lists',
      is: of(({ update_cache: lists }) => lists === true, any(ending('ok', 'changed'), ending('changed', 'ok'))),
    },
    {
      key: 'autoremove',
      is: any(
        of(({ autoremove }) => autoremove === true, ending('changed', 'ok')),
        leaving(/./, ({ autoremove }) => autoremove === true),
      ),
    },
  ],
  reset:
    'export DEBIAN_FRONTEND=noninteractive\n[ -e /var/lib/apt/lists/_srv_* ] 2>/dev/null || apt-get -q update >/dev/null\napt-mark unhold lab-hello >/dev/null\ndpkg --purge lab-extra lab-hello tree >/dev/null 2>&1 || true',
  commands: [
    "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n' lab-hello lab-extra tree 2>/dev/null",
    'apt-mark showhold',
    'apt-mark showmanual | grep -E "lab|tree"',
  ],
  share: 0.3,
  trials: fc.record({
    given: fc.constantFrom(
      ':',
      'apt-get -q -y install lab-hello=1.0 >/dev/null',
      'apt-get -q -y install lab-hello >/dev/null',
      'apt-get -q -y install tree >/dev/null',
      'apt-get -q -y install lab-hello=1.0 >/dev/null; apt-mark hold lab-hello',
      'apt-get -q -y install lab-hello tree >/dev/null; apt-get -q -y remove tree lab-hello >/dev/null',
    ),
    tasks: few(
      task('apt', {
        name: fc.constantFrom<unknown>(
          'lab-hello',
          ['lab-hello', 'tree'],
          'lab-hello=1.0',
          'lab-hello=1.*',
          'lab-hello=1.1',
          'tree',
          'no-such-package',
          'lab-h*',
          'awk',
          ['lab-extra'],
        ),
        state: optional(fc.constantFrom('present', 'latest', 'absent', 'build-dep', 'fixed'), 3),
        update_cache: rare(fc.boolean()),
        cache_valid_time: rare(fc.constant(3600)),
        purge: rare(fc.boolean()),
        autoremove: rare(fc.boolean()),
        install_recommends: rare(fc.boolean()),
        allow_downgrade: rare(fc.boolean()),
        only_upgrade: rare(fc.boolean(), 20),
        allow_change_held_packages: rare(fc.boolean(), 20),
        force: rare(fc.boolean(), 30),
      }),
    ),
  }),
};
