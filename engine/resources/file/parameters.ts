// The parameters of modules that write a file.
import { Type } from '../../module/index.ts';

/** How a file takes the place of another one. */
export const replacement = {
  backup: Type.Boolean({ default: false, description: 'Keep the old file beside the new one' }),
  validate: Type.Optional(Type.String({ description: 'Command that must accept the new file; %s is its path' })),
};
