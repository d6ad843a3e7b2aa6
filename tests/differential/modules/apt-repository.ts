import fc from 'fast-check';
import type { Subject, Task } from '../trial.ts';
import { few, optional, task } from './parts.ts';

/** Ansible takes a line of sources.list, vrun what stands in it. */
function translate({ apt_repository: params, ...rest }: Task): Task {
  const { repo, state, filename } = Object(params);
  const [, uri, suites, ...components] = String(repo)
    .replace(/\[[^\]]*\] /, '')
    .split(' ');
  return {
    ...rest,
    'apt-repository': { name: filename, uri, suites, components, ...(state === undefined ? {} : { state }) },
  };
}

export const aptRepository: Subject = {
  module: 'apt-repository',
  translate,
  reset: 'rm -f /etc/apt/sources.list.d/d*.list /etc/apt/sources.list.d/d*.sources /etc/apt/keyrings/d*',
  /** One writes a line, the other a stanza: apt understands both. */
  commands: ["apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u"],
  share: 0.15,
  trials: fc.record({
    given: fc.constantFrom(
      ':',
      "echo 'deb [trusted=yes] file:/srv/lab-repository lab main' >/etc/apt/sources.list.d/dother.list",
    ),
    tasks: few(
      task('apt_repository', {
        repo: fc.constantFrom(
          'deb http://packages.lab.test/node lab main',
          'deb http://packages.lab.test/node lab main extra',
        ),
        filename: fc.constantFrom('done', 'dtwo'),
        state: optional(fc.constantFrom('present', 'absent')),
        update_cache: fc.constant(false),
      }),
    ),
  }),
};
