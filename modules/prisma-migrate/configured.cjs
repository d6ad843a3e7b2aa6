// Prints `vrun:` and the path where Prisma's own loader of its configuration, of the installation that is used, finds the
// migrations; `vrun:` alone where it doesn't say, and nothing where it can't be read. Words: the configuration's path or
// nothing, then places where Prisma may lie.
'use strict';

const { realpathSync } = require('node:fs');
const { createRequire } = require('node:module');
const { resolve } = require('node:path');

const [, file, ...places] = process.argv;

tell();

async function tell() {
  const loader = places.map(loaderOf).find((found) => found !== undefined);
  if (loader === undefined) return;
  const { config } = await loader.loadConfigFromFile(file === '' ? {} : { configFile: file });
  if (config) console.log(`vrun:${config.migrations?.path ? resolve(config.migrations.path) : ''}`);
  process.exit(); // whatever the loader keeps open
}

function loaderOf(place) {
  try {
    return createRequire(realpathSync(place))('@prisma/config');
  } catch {
    return undefined;
  }
}
