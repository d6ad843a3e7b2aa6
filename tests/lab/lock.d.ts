/** Takes the machine-wide lock `name` for this process, unless it is held: undefined. What it gives lets go of it. */
export function tryLock(name: string): Promise<(() => void) | undefined>;
