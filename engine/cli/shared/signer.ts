// Who signs what this command line makes: the record's key, and the ways to a key.
import { openSigner, type Signer } from '../../audit/chain/signer.ts';
import type { KeyWays } from '../../signature/signing-key.ts';
import type { Config } from './config.ts';
import type { Environment } from './environment.ts';
import { openToOthers } from './private-files.ts';
import { reportProblems } from './problems.ts';
import { askSecret } from './prompt.ts';

/** The signer that vrun.yml names, else the project's own key. */
export async function signerOf(config: Config, environment: Environment): Promise<Signer> {
  const signer = await openSigner({
    directory: config.record,
    operator: `${environment.user}@${environment.machine}`,
    ...(config.signer === undefined ? {} : { key: config.signer }),
    ...(config.signerIdentity === undefined ? {} : { identity: config.signerIdentity }),
    ...(config.allowedSigners === undefined ? {} : { allowedSigners: config.allowedSigners }),
    ...keyWays(environment),
  });
  if (signer.keyFile !== undefined) {
    reportProblems(await openToOthers(signer.keyFile, 'whoever reads it can sign the record'), environment);
  }
  return signer;
}

/** How a signing key is reached that isn't simply in a file: through the agent, or by its passphrase. */
export function keyWays(environment: Environment): KeyWays {
  const agentSocket = environment.variables.SSH_AUTH_SOCK;
  return {
    ...(agentSocket === undefined ? {} : { agentSocket }),
    askPassphrase: async (file) => (await askSecret(environment, 'passphrase', `Passphrase of ${file}`))?.reveal(),
  };
}
