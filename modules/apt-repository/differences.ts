// What apt-repository means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'form',
    parameters: ['repo', 'filename', 'codename', 'mode', 'update_cache', 'install_python_apt', 'validate_certs'],
    ansible: 'apt_repository takes a whole line in `repo`, and a key from elsewhere.',
    vrun: 'A repository has a `name`, `uri`, `suites`, `components` and the key that it is `signed_by`; it becomes a file of deb822.',
    instead:
      'From `deb [signed-by=KEY] URI SUITE COMPONENT` make `uri`, `suites`, `components` and `signed_by`; the lists are fetched by the apt task that needs them.',
  },
  {
    key: 'by-name',
    parameters: ['state'],
    ansible:
      'A file has as many repositories as tasks put there, and `absent` takes a line out of whatever file has it.',
    vrun: 'A name has one, and a file of its own: another takes its place, and `absent` takes it away with its key.',
  },
  {
    key: 'conflict',
    ansible: 'A source that another file has with another key is added, and apt then reads none.',
    vrun: 'It is refused, and the file named.',
  },
];
