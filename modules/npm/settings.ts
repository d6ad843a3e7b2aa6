// How npm understands its own settings: by npm's own library, which npm brings along and which writes nothing.

/**
 * Node.js that defines `settings(own, npm, words)`: what npm would go by, given these words after its name (options of npm(1)).
 * `own` is a require of npm's and `npm` the path of its program.
 * @throws Error where npm is older than 7, and has no such library
 */
export const SETTINGS = `
const settings = async (own, npm, words) => {
  let made;
  try { made = own("@npmcli/config/lib/definitions"); } catch { made = own("../lib/utils/config/index.js"); }
  const Config = own("@npmcli/config");
  const { dirname, resolve } = require("node:path"), { realpathSync } = require("node:fs");
  const config = new Config({ ...made, npmPath: dirname(dirname(realpathSync(npm))), argv: words.length > 0 ? ["node", "npm", ...words] : [], cwd: resolve() });
  await config.load();
  return config;
};`;

/**
 * Prints the directory that global packages lie below, and the two files with settings: npm-config(1), `prefix`. With a
 * version or tag to ask for also a section of the version that the registry gives for it, or of what the registry said.
 */
export const GLOBAL = `${SETTINGS}
const { argv: [, npm, registry, name, asked] } = process;
const own = require("node:module").createRequire(require("node:fs").realpathSync(npm));
(async () => {
  const config = await settings(own, npm, ["--global", ...(registry === "" ? [] : ["--registry=" + registry])]);
  for (const key of ["prefix", "userconfig", "globalconfig"]) console.log(config.get(key));
  if (asked === "") return;
  try {
    const spec = own("npm-package-arg")(name + "@" + asked);
    const once = { cache: null, retry: { retries: 0 }, timeout: 30000, preferOnline: true };
    const accept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";
    const all = await own("npm-registry-fetch").json("/" + spec.escapedName, { ...config.flat, ...once, spec, headers: { accept } });
    console.log("@newest\\n" + own("npm-pick-manifest")(all, spec.fetchSpec, config.flat).version);
  } catch (error) { console.log("@said\\n " + String(error.message).replace(/\\s+/g, " ")); }
})();`;
