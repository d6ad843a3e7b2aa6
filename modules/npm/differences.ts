// What npm means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'locked',
    ansible: 'A directory gets what package.json asks for, or a package by its name; `ci` follows the lock file.',
    vrun: 'A directory gets what its lock file says, unless `command` says otherwise; a name is for `global: true`.',
    instead: 'Add the package to package.json and its lock file.',
  },
  {
    key: 'ranges',
    ansible: 'A `version` that is a range or a tag is a change each time.',
    vrun: 'A version that fits the range is enough, and what a tag stands for the registry is asked.',
  },
  {
    key: 'latest',
    ansible: '`state: latest` without a name brings all of a directory to the newest versions.',
    vrun: 'It is for a global package.',
    instead: 'Run npm update where the application is developed, and release its lock file.',
  },
  {
    key: 'executable',
    ansible: '`executable` may have words before it, and takes the node that PATH has.',
    vrun: 'It is a path, and takes the node beside it.',
  },
  {
    key: 'options',
    parameters: ['ci', 'no_optional', 'no_bin_links', 'unsafe_perm', 'force'],
    ansible: 'Options of npm.',
    vrun: "npm's own settings are taken from .npmrc; `command: ci` is what a directory gets.",
    instead: 'Leave `ci` out; write the others into .npmrc in a task before.',
  },
];
