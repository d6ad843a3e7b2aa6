// What import-module.cjs gives to TypeScript: the build leaves it a file of its own (build.js).
declare module 'vrun:import-module' {
  interface ModuleSource {
    /** `file:` and a query that changes with the bytes: Node imports a URL once. */
    readonly url: string;
    readonly bytes: Uint8Array;
    readonly format: 'module' | 'module-typescript';
  }

  /** Imports each, in order; nothing is thrown. A module gets `vrun` and Node's own, and nothing else. */
  export function importModules(
    given: readonly ModuleSource[],
  ): Promise<PromiseSettledResult<{ readonly default?: unknown }>[]>;
}
