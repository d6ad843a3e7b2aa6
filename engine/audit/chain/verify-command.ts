// The command that checks one entry with stock OpenSSH (8.7 or later), for people to copy.
import { quoted } from '../../base/shell-quote.ts';
import { absoluteTime } from '../../signature/absolute-time.ts';
import type { EntryReference } from './chain.ts';
import { ENTRY_NAMESPACE } from './signer.ts';

/**
 * A line of POSIX sh that verifies an entry's signature with `ssh-keygen -Y verify`. The signature, which stands after
 * the first line of the file, reaches ssh-keygen as descriptor 3, since its standard input is the signed line. `at` is the time in the entry: whether the key
 * was valid then is what counts.
 */
export function verifyCommand(
  { file, at }: Pick<EntryReference, 'file' | 'at'>,
  allowedSigners: string,
  identity: string,
): string {
  const [entry, signers, who] = [file, allowedSigners, identity].map(quoted);
  const time = `-Overify-time=${absoluteTime(at)}`;
  const check = `ssh-keygen -Y verify ${time} -f ${signers} -I ${who} -n ${ENTRY_NAMESPACE} -s /dev/fd/3`;
  return `sed 1d ${entry} | { sed 1q ${entry} | ${check}; } 3<&0`;
}
