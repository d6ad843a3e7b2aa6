// What the folder `modules/` holds: the build and the tests read it off the folder (build-modules.js).
declare module 'vrun:modules' {
  export const shipped: readonly import('../engine/module/define.ts').Module[];
}
