// Samples to figures: medians, spreads, and the ratios that are claimed.

/** What is claimed, as bounds on ratios of medians. */
const CLAIMS = [
  { kind: 'converged', over: 'vrun', under: 'floor', atMost: 1.2 },
  { kind: 'converged', over: 'Ansible', under: 'vrun', atLeast: 40 },
  { kind: 'first', over: 'vrun', under: 'shell script', atMost: 1.6 },
  { kind: 'first', over: 'Ansible', under: 'vrun', atLeast: 4 },
];

const KINDS = { first: 'first run', converged: 'converged' };

/** The middle one, or the mean of the two in the middle. */
export function median(/** @type {readonly number[]} */ values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/**
 * The claims with what was measured.
 * @param {import('./measure.js').Samples} samples
 */
export function ratiosOf(samples) {
  return CLAIMS.flatMap(({ kind, over, under, ...bound }) => {
    const [a, b] = [samples[kind][over], samples[kind][under]];
    if (!a || !b) return [];
    const ratio = median(a) / median(b);
    const met = 'atMost' in bound ? ratio <= bound.atMost : ratio >= bound.atLeast;
    const aim = 'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`;
    return [{ what: `${KINDS[kind]}: ${over} / ${under}`, ratio, aim, met }];
  });
}

/**
 * Two Markdown tables: seconds, and the ratios.
 * @param {readonly { hosts: number, samples: import('./measure.js').Samples }[]} rounds
 */
export function tables(rounds) {
  const seconds = [['hosts', 'what', 'who', 'median, s', 'from … to', 'runs']];
  const ratios = [['hosts', 'ratio of medians', 'measured', 'aim', '']];
  for (const { hosts, samples } of rounds) {
    for (const [kind, sides] of Object.entries(samples)) {
      for (const [name, values] of Object.entries(sides).sort(([, a], [, b]) => median(a) - median(b))) {
        const spread = `${Math.min(...values).toFixed(2)} … ${Math.max(...values).toFixed(2)}`;
        seconds.push([`${hosts}`, KINDS[kind], name, median(values).toFixed(2), spread, `${values.length}`]);
      }
    }
    for (const { what, ratio, aim, met } of ratiosOf(samples)) {
      ratios.push([`${hosts}`, what, ratio.toFixed(2), aim, met ? 'met' : 'missed']);
    }
  }
  return `${markdown(seconds)}\n\n${markdown(ratios)}`;
}

/**
 * A Markdown table of many hosts.
 * @param {number} hosts
 * @param {readonly import('./many.js').Many[]} samples
 */
export function manyTable(hosts, samples) {
  const rows = [...new Set(samples.map(({ who }) => who))].map((who) => {
    const own = samples.filter((sample) => sample.who === who);
    const middle = (/** @type {'seconds' | 'processor' | 'megabytes'} */ figure, /** @type {number} */ digits) => {
      const values = own.flatMap((sample) => sample[figure] ?? []);
      return values.length === 0 ? '' : median(values).toFixed(digits);
    };
    const failed = Math.max(...own.map((sample) => sample.failed));
    return [`${hosts}`, who, middle('seconds', 1), middle('processor', 1), middle('megabytes', 0), `${failed}`];
  });
  return markdown([['hosts', 'who', 'median, s', "controller's processor, s", 'MB', 'failed'], ...rows]);
}

/** A Markdown table, its columns aligned; the first row is the head. */
function markdown(/** @type {readonly string[][]} */ rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
