// What the folder `modules/` holds: the build and the tests read it off the folder (build-modules.js).
declare module 'vrun:modules' {
  /** What loads each module, by its name. */
  export const listed: ReadonlyMap<string, () => import('../engine/module/define.ts').Module>;
}
