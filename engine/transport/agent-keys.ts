// Which keys ssh-agent has that ssh2 drops without a word: certificates and FIDO keys. Asked only to explain a refusal.
import { connect } from 'node:net';

const requestIdentities = Buffer.from([0, 0, 0, 1, 11]); // SSH_AGENTC_REQUEST_IDENTITIES (draft-ietf-sshm-ssh-agent)
const patience = 2000;

/** The key types in the agent behind `socket` that ssh2 can't use; none when the agent doesn't answer. */
export async function unusableAgentKeys(socket: string): Promise<string[]> {
  return keyTypes(await ask(socket)).filter((type) => type.startsWith('sk-') || type.includes('-cert-'));
}

function ask(socket: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const client = connect(socket);
    let answer = Buffer.alloc(0);
    client.setTimeout(patience, () => client.destroy());
    client.on('error', () => undefined); // 'close' follows
    client.on('close', () => resolve(answer));
    client.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE(0)) client.destroy();
    });
    client.write(requestIdentities);
  });
}

/** The types in an SSH_AGENT_IDENTITIES_ANSWER (12): a count, then for each a blob and a comment. */
function keyTypes(answer: Buffer): string[] {
  const types: string[] = [];
  if (answer.length < 9 || answer[4] !== 12) return types;
  let at = 9;
  for (let left = answer.readUInt32BE(5); left > 0 && at + 8 <= answer.length; left--) {
    const blob = answer.readUInt32BE(at);
    const type = answer.readUInt32BE(at + 4);
    types.push(answer.subarray(at + 8, at + 8 + type).toString('latin1'));
    at += 4 + blob;
    if (at + 4 > answer.length) break;
    at += 4 + answer.readUInt32BE(at);
  }
  return types;
}
