// What Ansible's users will try, and what to write instead.

const FOREIGN: Readonly<Record<string, string>> = {
  action: 'Write the module as the key: ‹copy: { … }›.',
  args: 'Write the parameters in the map of the module: ‹shell: { cmd: …, chdir: … }›.',
  async: 'vrun has no background tasks; hosts already run side by side.',
  become_method: 'vrun uses sudo.',
  collections: 'Modules are known by their short names.',
  dnf: 'Use ‹apt›: vrun is for Debian and Ubuntu.',
  debugger: 'Use ‹--check› and ‹--step›.',
  fact_path: 'Facts come with the opening of the connection.',
  gather_facts: 'Remove it: facts cost nothing and are always there as ‹facts›.',
  gather_subset: 'Remove it: facts cost nothing and are always there as ‹facts›.',
  import_role: 'vrun has no roles: put the tasks in a file and use ‹include_tasks›.',
  import_tasks: 'Use ‹include_tasks›: vrun reads it before the first connection, as import_tasks does.',
  include: 'Use ‹include_tasks›.',
  include_role: 'vrun has no roles: put the tasks in a file and use ‹include_tasks›.',
  include_vars: 'Name the file in the ‹vars_files› of the play.',
  listen: 'Let ‹notify› name the handler itself.',
  local_action: 'Use ‹delegate_to: localhost›.',
  ping: 'Remove it: a host that can’t be reached is told of at its login.',
  poll: 'vrun has no background tasks.',
  port: 'Set ‹ansible_port› in the inventory.',
  post_tasks: 'Put them last in ‹tasks›.',
  package: 'Use ‹apt›: vrun is for Debian and Ubuntu.',
  pre_tasks: 'Put them first in ‹tasks›.',
  roles: 'vrun has no roles: put the tasks in a file and use ‹include_tasks›.',
  raw: 'Use ‹shell›: vrun needs no Python on the host.',
  service: 'Use ‹systemd›.',
  setup: 'Remove it: facts cost nothing and are always there as ‹facts›.',
  strategy: 'Hosts of a play run free of each other; make them meet with ‹meta: barrier›.',
  sudo: 'Use ‹become›.',
  sudo_user: 'Use ‹become_user›.',
  uri: 'Use ‹http›.',
  user: 'Use ‹remote_user›.',
  yum: 'Use ‹apt›: vrun is for Debian and Ubuntu.',
  vars_prompt: 'Declare ‹params› and give them with ‹-e name=value›.',
};

/** What to write instead of a word of Ansible's, if it is one. */
export function foreignHint(word: string): string | undefined {
  if (word.startsWith('with_')) return 'Use ‹loop› with a list.';
  return Object.hasOwn(FOREIGN, word) ? FOREIGN[word] : undefined;
}

/** What to ask instead of a field that Ansible's results have. */
const FOREIGN_RESULTS: Readonly<Record<string, string>> = {
  diff: 'What was changed is in the report and in `--output json`.',
  invocation: 'What a task was given stands in the runbook, and in the report.',
  warnings: 'Warnings are printed.',
};

/** What to ask instead of a member of a result, if it is one of Ansible's. */
export function foreignResultHint(member: string): string | undefined {
  return Object.hasOwn(FOREIGN_RESULTS, member) ? FOREIGN_RESULTS[member] : undefined;
}

/** All words with what to write instead: for the page that Ansible's users read. */
export const foreignWords = (): readonly (readonly [word: string, instead: string])[] => [
  ...Object.entries(FOREIGN),
  ...Object.entries(FOREIGN_RESULTS),
];
