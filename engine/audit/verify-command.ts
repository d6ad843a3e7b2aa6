// The command that checks one entry with stock OpenSSH, for people to copy.
import { ENTRY_NAMESPACE } from './signer.ts';

/**
 * A line of POSIX sh that verifies an entry's signature with `ssh-keygen -Y verify`. The signature, which stands after
 * the first line of the file, reaches ssh-keygen as descriptor 3, since its standard input is the signed line.
 */
export function verifyCommand(entry: string, allowedSigners: string, identity: string): string {
  const [file, signers, who] = [entry, allowedSigners, identity].map(quote);
  const check = `ssh-keygen -Y verify -f ${signers} -I ${who} -n ${ENTRY_NAMESPACE} -s /dev/fd/3`;
  return `sed 1d ${file} | { sed 1q ${file} | ${check}; } 3<&0`;
}

function quote(word: string): string {
  return /^[A-Za-z0-9_/.,:=@%+][A-Za-z0-9_/.,:=@%+-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
