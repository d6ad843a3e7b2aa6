// What build-programs.js gives to TypeScript.

/** What is sent of a program's file: without comments and indentation. @param path absolute */
export function sentText(path: string): string;

/**
 * Files of awk and shell below `engine/` and `modules/`, and of JavaScript (.cjs) below `modules/`: those of shell export a `Script`,
 * others their text.
 * @param root the project's, absolute
 */
export function programs(root: string): import('./build-modules.js').Listing;
