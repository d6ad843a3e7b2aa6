// What a host tells of its other keys, once one is let in (OpenSSH's PROTOCOL, 2.5). ssh2 has it prove each of them, which costs both
// sides a signature a key before anything else is done. The keys that count are pinned: nobody here asks for more.
import type { Client } from 'ssh2';

const TOLD = 'hostkeys-00@openssh.com';

type Requested = (protocol: unknown, name: string, wantReply: boolean, data: unknown) => void;

/** What of ssh2 isn't in its types; where it is otherwise, the keys are proved. */
interface Inside {
  readonly _protocol?: { readonly _handlers?: { GLOBAL_REQUEST?: Requested } };
}

/** Call it once the client connects; `told` is called when the host tells. OpenSSH wants no reply to that. */
export function ignoreOtherKeys(client: Client, told: () => void): void {
  const { _protocol: protocol }: Inside = client as Client & Inside;
  const handlers = protocol?._handlers;
  const before = handlers?.GLOBAL_REQUEST;
  if (!handlers || !before) return;
  handlers.GLOBAL_REQUEST = (from, name, wantReply, data) => {
    if (name === TOLD) told();
    else before(from, name, wantReply, data);
  };
}
