// What the command line names, so that it means the same where the files lie below another root.
import { isAbsolute, relative } from 'node:path';
import type { RunOptions } from './options.ts';

/** Runbooks and options with paths relative to `cwd`. */
export function relocatable(files: readonly string[], options: RunOptions, cwd: string) {
  const near = (path: string) => (isAbsolute(path) ? relative(cwd, path) || '.' : path);
  const nearFile = (text: string) => (text.startsWith('@/') ? `@${near(text.slice(1))}` : text);
  return {
    files: files.map(near),
    options: {
      ...options,
      inventory: options.inventory.map((source) => (source.includes(',') ? source : near(source))),
      extraVars: options.extraVars.map(nearFile),
      limit: options.limit === undefined ? undefined : nearFile(options.limit),
    },
  };
}
