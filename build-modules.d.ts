// What build-modules.js gives to TypeScript.

/** Where each module is, `modules/NAME.ts` or `modules/NAME/NAME.ts` below the project's root; sorted by name. */
export function modulesIn(root: string): readonly { readonly name: string; readonly path: string }[];

/** `vrun:modules`: every module by its name. */
export function listedModules(root: string): Listing;

/**
 * A module called `name` that exports `listed`, a Map from names to what files export as their default.
 * @param entriesOf the names and the files' absolute paths, asked whenever something is bundled
 */
export function listing(
  name: string,
  entriesOf: () => readonly { readonly name: string; readonly file: string }[],
): Listing;

/** The same for both bundlers. */
export interface Listing {
  readonly esbuild: import('esbuild').Plugin;
  readonly vite: import('vite').Plugin;
}
