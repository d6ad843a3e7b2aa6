// How npm understands its own settings: by npm's own library, which npm brings along and which writes nothing.
'use strict';

const { realpathSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

/**
 * What npm would go by, given these words after its name (options of npm(1)). `own` is a require of npm's, and `npm` the
 * path of its program.
 * @throws Error where npm is older than 7, and has no such library
 */
module.exports = async function settings(own, npm, words) {
  const Config = own('@npmcli/config');
  const config = new Config({
    ...definitions(own),
    npmPath: dirname(dirname(realpathSync(npm))),
    argv: words.length > 0 ? ['node', 'npm', ...words] : [],
    cwd: resolve(),
  });
  await config.load();
  return config;
};

function definitions(own) {
  try {
    return own('@npmcli/config/lib/definitions');
  } catch {
    return own('../lib/utils/config/index.js'); // npm 7 and 8
  }
}
