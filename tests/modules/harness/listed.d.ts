// What the folders of `tests/modules/` hold (listed-situations.js).
declare module 'vrun:situations' {
  export const listed: ReadonlyMap<string, import('./situation.ts').Situations>;
}
