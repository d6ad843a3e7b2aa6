// The scenes by name.
import { lint, start } from './controller.js';
import { emptyTree, largeFile, tasks, tree } from './files.js';
import { many } from './many.js';
import { release } from './release.js';
import { clean, drift, server } from './server.js';

/** @type {Readonly<Record<string, import('../runner.js').Scene>>} */
export const SCENES = {
  server,
  clean,
  drift,
  many,
  tasks,
  tree,
  release,
  start,
  lint,
  'empty tree': emptyTree,
  'large file': largeFile,
};
