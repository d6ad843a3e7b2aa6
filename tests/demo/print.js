// How the demo looks: plain where the output is no terminal or NO_COLOR is set.
const colors = process.stdout.isTTY && !process.env.NO_COLOR;

/** @param {string} text */
export const bold = (text) => (colors ? `\x1b[1m${text}\x1b[22m` : text);

/** @param {string} text */
export const dim = (text) => (colors ? `\x1b[2m${text}\x1b[22m` : text);

/** @param {string} text */
export const green = (text) => (colors ? `\x1b[32m${text}\x1b[39m` : text);

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * @param {string} name
 * @param {string} claim
 */
export function title(name, claim) {
  say(`\n  ${bold(name)}  ${dim(claim)}`);
}

/** @param {string} text */
export function heading(text) {
  say(`\n${bold(`━━ ${text}`)}`);
}

/** @param {string} text */
export function note(text) {
  say(`   ${text}`);
}
