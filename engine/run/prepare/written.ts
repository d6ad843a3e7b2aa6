// Looking through all that was written for a run: runbooks and variables as read, whatever their shape. Texts alone: a
// secret was told when it was opened.
import { Secret } from '../../language/value/secret.ts';

/** Calls back with every text in `root`, positions and secrets apart. Generators within generators took 10 ms for a dozen tasks. */
export function eachText(root: unknown, found: (text: string) => void): void {
  if (typeof root === 'string') found(root);
  else if (root instanceof Secret || typeof root !== 'object' || root === null) return;
  else if (root instanceof Map || Array.isArray(root)) for (const member of root.values()) eachText(member, found);
  // A template or an expression is its text: the names that were found in it say less.
  else if ('source' in root) eachText(root.source, found);
  else for (const [key, member] of Object.entries(root)) if (key !== 'at' && key !== 'keyAt') eachText(member, found);
}
