import type { BuiltApp } from './app-build.js';

/**
 * A release of the Next.js application in `next/`, made by `vrun build` where this machine has none of the same sources yet: a minute or
 * two. `two` has other words and a migration more than `one`. Its `out` must not be changed.
 * @throws when a gate or the build fails
 */
export function buildNext(version: 'one' | 'two'): Promise<BuiltApp & { readonly start: string }>;
