// Prints the directory that global packages lie below, and the two files with settings: npm-config(1), `prefix`. With a
// version or tag to ask for also a section of the version that the registry gives for it, or of what the registry said.
// Words: npm's program, a registry or nothing, a package's name, what is asked for or nothing.
'use strict';

const { realpathSync } = require('node:fs');
const { createRequire } = require('node:module');
const settings = require('./settings.cjs');

const [, npm, registry, name, asked] = process.argv;
const own = createRequire(realpathSync(npm));

tell();

async function tell() {
  const words = registry === '' ? ['--global'] : ['--global', `--registry=${registry}`];
  const config = await settings(own, npm, words);
  for (const key of ['prefix', 'userconfig', 'globalconfig']) console.log(config.get(key));
  if (asked === '') return;
  try {
    console.log(`@newest\n${await newest(config)}`);
  } catch (error) {
    console.log(`@said\n ${String(error.message).replace(/\s+/g, ' ')}`);
  }
}

/** Asks the registry once, whatever a cache has. */
async function newest({ flat }) {
  const spec = own('npm-package-arg')(`${name}@${asked}`);
  const once = { cache: null, retry: { retries: 0 }, timeout: 30000, preferOnline: true };
  const accept = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*';
  const options = { ...flat, ...once, spec, headers: { accept } };
  const all = await own('npm-registry-fetch').json(`/${spec.escapedName}`, options);
  return own('npm-pick-manifest')(all, spec.fetchSpec, flat).version;
}
