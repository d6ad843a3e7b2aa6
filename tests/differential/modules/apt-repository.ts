import fc from 'fast-check';
import { any, ending, leaving, refusing } from '../rules.ts';
import type { Subject, Task } from '../trial.ts';
import { few, optional, task } from './parts.ts';

const KEY = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n';

/** Ansible takes a line of sources.list, vrun what stands in it. */
function translate({ apt_repository: params, ...rest }: Task): Task {
  const { repo, state, filename } = Object(params);
  const [, uri, suites, ...components] = String(repo)
    .replace(/\[[^\]]*\] /, '')
    .split(' ');
  return {
    ...rest,
    'apt-repository': {
      ...{ name: filename, uri, suites, components },
      ...(String(repo).includes('signed-by') && { signed_by: 'key.asc' }),
      ...(state !== undefined && { state }),
    },
  };
}

export const aptRepository: Subject = {
  module: 'apt-repository',
  settled: true,
  announced: [
    { key: 'form', is: refusing(/signed_by/) },
    {
      key: 'conflict',
      is: any(ending('failed', 'changed', /the same source/), ending('failed', 'ok', /the same source/)),
    },
    {
      key: 'by-name',
      is: (difference, tried) =>
        tried.tasks.length > 1 &&
        any(ending('changed', 'ok'), ending('ok', 'changed'), leaving(/indextargets/))(difference, tried),
    },
  ],
  translate,
  reset: `rm -f /etc/apt/sources.list.d/d*.list /etc/apt/sources.list.d/d*.sources /etc/apt/keyrings/d*; printf %s '${KEY}' >/srv/key.asc`,
  /** One writes a line, the other a stanza: apt understands both. */
  commands: [
    "apt-get indextargets --no-release-info --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u",
  ],
  share: 0.15,
  trials: fc.record({
    given: fc.constantFrom(
      ':',
      "echo 'deb [trusted=yes] file:/srv/lab-repository lab main' >/etc/apt/sources.list.d/dother.list",
    ),
    tasks: few(
      task('apt_repository', {
        repo: fc.constantFrom(
          'deb [signed-by=/srv/key.asc] http://packages.lab.test/node lab main',
          'deb [signed-by=/srv/key.asc] http://packages.lab.test/node lab main extra',
          'deb http://packages.lab.test/node lab main',
        ),
        filename: fc.constantFrom('done', 'dtwo'),
        state: optional(fc.constantFrom('present', 'absent')),
        update_cache: fc.constant(false),
      }),
    ),
    files: fc.constant({ 'files/key.asc': KEY }),
  }),
};
