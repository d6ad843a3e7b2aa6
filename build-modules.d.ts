// What build-modules.js gives to TypeScript.

/** Where each module is, `modules/NAME.ts` or `modules/NAME/NAME.ts` below the project's root; sorted by name. */
export function modulesIn(root: string): readonly { readonly name: string; readonly path: string }[];

/**
 * `vrun:modules`: what loads each module, by its name. A bundle evaluates a module when it is loaded.
 * @param validatorOf what the validator of a module's parameters is required as, for a bundle that has them
 */
export function listedModules(root: string, validatorOf?: (name: string) => string): Listing;

/**
 * A module called `name` that exports `listed`, a Map from names to what files export as their default.
 * @param entriesOf the names and the files' absolute paths, asked whenever something is bundled
 * @param entry makes an expression of the one for the value; the value itself unless given
 */
export function listing(
  name: string,
  entriesOf: () => readonly { readonly name: string; readonly file: string }[],
  entry?: (value: string) => string,
): Listing;

/** The same for both bundlers. */
export interface Listing {
  readonly esbuild: import('esbuild').Plugin;
  readonly vite: import('vite').Plugin;
}
