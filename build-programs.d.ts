// What build-programs.js gives to TypeScript.

/** What is sent of a program's file: without comments and indentation. @param path absolute */
export function sentText(path: string): string;

/**
 * Files of awk and JavaScript below `engine/` and `modules/` export their text, those of shell a `Script`.
 * @param root the project's, absolute
 */
export function programs(root: string): import('./build-modules.js').Listing;
