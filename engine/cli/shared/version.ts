// The version of the package, put in by the build.
declare const VRUN_VERSION: string | undefined;

/** As in package.json; `0.0.0-source` when run from the sources. */
export const VERSION = typeof VRUN_VERSION === 'string' ? VRUN_VERSION : '0.0.0-source';
