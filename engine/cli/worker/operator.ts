// `vrun worker operator`: whom a worker has to know, so that runs that are started here count there.
import { DISPATCH_NAMESPACE } from '../../dispatch/seal/commission.ts';
import { publicKeyLine } from '../../signature/public-key.ts';
import { readConfig } from '../shared/config.ts';
import type { Environment } from '../shared/environment.ts';
import { signerOf } from '../shared/signer.ts';

/** Prints a line of allowed_signers (ssh-keygen(1)) for the key that signs the project's record. @throws ProblemError */
export async function printOperator(environment: Environment): Promise<void> {
  const { identity, publicKey } = await signerOf(await readConfig(environment.cwd, environment.home), environment);
  environment.stdout.write(`${identity} namespaces="${DISPATCH_NAMESPACE}" ${publicKeyLine(publicKey.blob)}\n`);
  environment.stderr.write(
    'Put the line into the file ‹operators› beside the keys of each worker that is to perform runs from here.\n',
  );
}
