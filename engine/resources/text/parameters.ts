// The parameters of modules that edit a part of a text file.
import type { ParameterProblem } from '../../language/runbook/catalog.ts';
import { ownership, Type } from '../../module/index.ts';
import { replacement } from '../file/parameters.ts';
import { checkPaths, cleanPath } from '../file/path.ts';
import { checkValidate, validation } from '../file/validate.ts';
import type { EditedFile } from './edited.ts';

/** Which file. */
export const editedPath = {
  path: Type.String({ minLength: 1, description: 'Absolute path of the file; a link is followed' }),
};

/** How it is written. */
export const editedFile = { ...ownership, ...replacement };

/** Whether it is made. */
export const createdFile = {
  create: Type.Boolean({ default: false, description: 'Make the file when it does not exist' }),
};

export const editedAliases = { dest: 'path', destfile: 'path', name: 'path' } as const;

export function checkEdited(params: Readonly<Record<string, unknown>>): readonly ParameterProblem[] {
  return [...checkPaths(params, ['path']), ...checkValidate(params)];
}

/** From the parameters to what is wanted of the file itself. */
export function editedWant(
  params: Pick<EditedFile, 'path' | 'owner' | 'group' | 'mode' | 'backup'> & { readonly validate?: string | undefined },
) {
  const { path, owner, group, mode, backup, validate } = params;
  return { path: cleanPath(path), owner, group, mode, backup, validate: validation(validate) };
}
