// What build-modules.js gives to TypeScript.
export function modulesIn(root: string): readonly { readonly name: string; readonly path: string }[];
export function listedModules(root: string): import('esbuild').Plugin;
export function listedModulesForVite(root: string): import('vite').Plugin;
