// Looking through all that was written for a run: runbooks and variables as read, whatever their shape. Texts alone: a
// secret was told when it was opened.
import { Secret } from '../../language/value/secret.ts';

/** Every text in `root`, positions and secrets apart. */
export function* written(root: unknown): Generator<string> {
  if (typeof root === 'string') yield root;
  else if (root instanceof Secret) return;
  else if (root instanceof Map || Array.isArray(root)) for (const member of root.values()) yield* written(member);
  // A template or an expression is its text: the names that were found in it say less.
  else if (typeof root === 'object' && root !== null && 'source' in root) yield* written(root.source);
  else if (typeof root === 'object' && root !== null) {
    for (const [key, member] of Object.entries(root)) if (key !== 'at' && key !== 'keyAt') yield* written(member);
  }
}
