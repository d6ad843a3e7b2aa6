// A chart of bars as SVG: readable on light and on dark, and told in words to who doesn't see it.
import { digits, median } from './figures.js';

const WIDTH = 760;
const LEFT = 150;
const RIGHT = 80;
const BAR = 16;
const GAP = 8;
const HEAD = 44;
const AXIS = 26;

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .title { font-size: 15px; font-weight: 600; }
    .group { font-weight: 600; }
    .tick { font-size: 11px; fill: #59636e; }
    .ground { fill: #ffffff; }
    .grid { stroke: #d1d9e0; }
    .bar { fill: #8c959f; }
    .own { fill: #0969da; }
    .spread { stroke: #1f2328; stroke-opacity: 0.6; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .tick { fill: #9198a1; }
      .ground { fill: #0d1117; }
      .grid { stroke: #30363d; }
      .bar { fill: #6e7681; }
      .own { fill: #4493f8; }
      .spread { stroke: #e6edf3; }
    }
  `;

/**
 * @typedef {object} Group
 * @property {string} title
 * @property {readonly { label: string, values: readonly number[] }[]} bars  seconds
 *
 * Draws the medians of groups of samples, with lines from the least to the most.
 * @param {{ title: string, groups: readonly Group[], logarithmic?: boolean }} chart
 * @returns {string} SVG
 */
export function chart({ title, groups, logarithmic = false }) {
  const all = groups.flatMap(({ bars }) => bars.flatMap(({ values }) => values));
  const scale = logarithmic ? logarithmicScale(all) : linearScale(all);
  const x = (/** @type {number} */ value) => Math.round(LEFT + scale.share(value) * (WIDTH - LEFT - RIGHT));
  const rows = [];
  let y = HEAD;
  for (const group of groups) {
    if (groups.length > 1) {
      rows.push(text({ x: 12, y: y + 14, kind: 'group' }, group.title));
      y += BAR + GAP;
    }
    for (const { label, values } of group.bars) {
      const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
      const line = y + BAR / 2;
      rows.push(
        text({ x: LEFT - 8, y: y + 13, anchor: 'end' }, label),
        `<rect class="${label === 'vrun' ? 'own' : 'bar'}" x="${LEFT}" y="${y}" width="${Math.max(1, x(middle) - LEFT)}" height="${BAR}"/>`,
        `<path class="spread" d="M${x(least)} ${line}H${x(most)}"/>`,
        text({ x: x(most) + 6, y: y + 13 }, `${digits(middle)} s`),
      );
      y += BAR + GAP;
    }
    y += GAP;
  }
  const grid = scale.ticks.map(
    (tick) =>
      `<path class="grid" d="M${x(tick)} ${HEAD - 6}V${y}"/>${text({ x: x(tick), y: y + 16, anchor: 'middle', kind: 'tick' }, `${tick} s`)}`,
  );
  const height = y + AXIS;
  const said = groups.map(
    (group) =>
      `${group.title}: ${group.bars.map(({ label, values }) => `${label} ${digits(median(values))} s`).join(', ')}.`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">Medians in seconds${logarithmic ? ', on a logarithmic axis' : ''}. ${escaped(said.join(' '))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    text({ x: 12, y: 24, kind: 'title' }, `${title}${logarithmic ? ' (logarithmic)' : ''}`),
    ...grid,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

/** From 0 to the largest, with four to eight round steps. */
function linearScale(values) {
  const most = Math.max(...values);
  const power = 10 ** Math.floor(Math.log10(most / 4));
  const step = [5, 2, 1].map((factor) => factor * power).find((size) => most / size >= 4) ?? power;
  const count = Math.floor(most / step + 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
  return { ticks, share: (value) => value / most };
}

/** From the power of ten below half of the least, so that it has a bar, to the largest. */
function logarithmicScale(values) {
  const [least, most] = [Math.floor(Math.log10(Math.min(...values) / 2)), Math.log10(Math.max(...values))];
  const ticks = Array.from({ length: Math.floor(most) - least + 1 }, (_, index) =>
    Number((10 ** (least + index)).toPrecision(1)),
  );
  return { ticks, share: (value) => (Math.log10(value) - least) / (most - least) };
}

function text({ x, y, anchor = 'start', kind = '' }, words) {
  const attributes = [
    `x="${x}" y="${y}"`,
    anchor === 'start' ? '' : `text-anchor="${anchor}"`,
    kind && `class="${kind}"`,
  ];
  return `<text ${attributes.filter(Boolean).join(' ')}>${escaped(words)}</text>`;
}

function escaped(/** @type {string} */ words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
