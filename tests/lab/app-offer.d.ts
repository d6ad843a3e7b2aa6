import type { VariantName } from './app-build.js';

/** Builds these and serves each at `http://packages.lab.test/app/NAME.tar.gz`; `v1` is the application as it is. */
export function offerApp(variants: readonly ('v1' | VariantName)[]): Promise<void>;

/**
 * Shell functions for a host: `node_there [PACKAGE…]` installs Node.js from the lab's second repository, and packages that the lab
 * offers; `app_there NAME DIRECTORY` unpacks a build that is offered.
 */
export const APP_ON_HOST: string;
