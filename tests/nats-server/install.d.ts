/** Release → the series of nats-server in it, as far as it stays the same. */
export const RELEASES: Readonly<Record<'bookworm' | 'trixie' | 'sid', string | undefined>>;
/** Where a release's program is once it is there. */
export function serverOf(release: string): string;
/** Fetches what is missing, where that is possible. */
export function installNatsServers(say: (line: string) => void): void;
