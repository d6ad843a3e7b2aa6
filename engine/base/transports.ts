// The transports by their names, as `connection:` and inventories have them; engine/transport/connect.ts says what each does.

export const TRANSPORTS = ['ssh', 'openssh', 'local'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export function isTransport(name: unknown): name is Transport {
  return (TRANSPORTS as readonly unknown[]).includes(name);
}
