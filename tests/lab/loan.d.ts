/** Takes `count` of the hosts `among` for this process, waiting until so many are free. */
export function takeHosts(count: number, among: string[]): Promise<{ names: string[]; release(): void }>;
