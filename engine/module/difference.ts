// Where a module means something else than Ansible's of the same name.

export interface Difference {
  /** Names it within its module; the differential test refers to it. */
  readonly key: string;
  /** The parameters of Ansible's that it is about, by Ansible's names; none: the module as a whole. */
  readonly parameters?: readonly string[];
  readonly ansible: string;
  readonly vrun: string;
  /** What to write in place of the parameters. */
  readonly instead?: string;
}

/** What to write instead of a parameter of Ansible's that the module doesn't take. */
export function insteadOf(differences: readonly Difference[], parameter: string): string | undefined {
  const difference = differences.find(({ parameters = [] }) => parameters.includes(parameter));
  return difference && (difference.instead ?? `Ansible: ${difference.ansible} vrun: ${difference.vrun}`);
}

/** What differs in every module. */
export const EVERYWHERE: readonly Difference[] = [
  {
    key: 'dry-run',
    ansible: 'Check mode looks at each task as if those before it had done nothing, and skips commands.',
    vrun: 'The dry run counts in what pending changes will have made; what it can’t know is `unknown`.',
  },
  {
    key: 'failed',
    ansible: 'A task that fails may have done a part of what it should, and says nothing of it.',
    vrun: 'What can be refused is refused beforehand; what was done before a step failed is put back or told of.',
  },
  {
    key: 'traceback',
    ansible: 'Some tasks end with an error of Python’s (MODULE FAILURE).',
    vrun: 'They are done, or refused with a reason.',
  },
  {
    key: 'backup',
    parameters: ['backup'],
    ansible: 'The copy is called NAME.PROCESS.DAY@TIME~, beside the path that the task gives.',
    vrun: 'It is called NAME.TIME~, beside the file itself where the path is a link.',
  },
  {
    key: 'output',
    ansible: '`stdout` and `stderr` are what the tool behind a module printed, its warnings among it.',
    vrun: 'They are what the steps of the change printed; of a module with results of its own these say more.',
  },
];
