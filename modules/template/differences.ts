// What template means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { PLACED } from '../../engine/resources/copy/differences.ts';
import { WRITTEN } from '../../engine/resources/file/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'force-directory',
    ansible: 'With `force: false` a directory at dest is enough: nothing is put into it.',
    vrun: 'The file is put into it unless one of its name is there.',
  },
  {
    key: 'handlebars',
    parameters: [
      ...['block_start_string', 'block_end_string', 'variable_start_string', 'variable_end_string'],
      ...['comment_start_string', 'comment_end_string', 'trim_blocks', 'lstrip_blocks'],
    ],
    ansible: 'Templates are Jinja2’s.',
    vrun: 'Templates are Handlebars’, in which `{{~` and `~}}` take white space away.',
    instead: 'Take it out, and write the template for Handlebars.',
  },
  {
    key: 'output-encoding',
    parameters: ['output_encoding'],
    ansible: 'The file may be in another encoding than UTF-8.',
    vrun: 'Files are UTF-8.',
    instead: 'Keep such a file as it is, and write it with `copy`.',
  },
  ...PLACED,
  ...WRITTEN,
];
