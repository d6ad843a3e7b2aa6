// A terminal's screen as SVG: a dark window with monospaced text, each span where its first cell is.

const CELL = 8.4;
const LINE = 20;
const PADDING = 22;
const TITLE_BAR = 34;
const BUTTONS = ['#ff5f57', '#febc2e', '#28c840'];
const COLORS = ['#484f58', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#76e3ea', '#e6edf3'];

/**
 * @param {import('./screen.js').Span[][]} lines
 * @param {number} columns
 */
export function svgOf(lines, columns) {
  const width = Math.ceil(columns * CELL + 2 * PADDING);
  const height = TITLE_BAR + lines.length * LINE + PADDING + 14;
  const body = lines.map((line, index) => {
    let column = 0;
    const spans = line.map(({ text, style }) => {
      const start = column + text.search(/\S|$/);
      column += [...text].length;
      const seen = text.trim();
      const x = round(PADDING + start * CELL);
      return seen === '' ? '' : `<tspan x="${x}"${attributes(style)}>${escaped(seen)}</tspan>`;
    });
    return `<text y="${TITLE_BAR + 14 + (index + 0.75) * LINE}">${spans.join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    '<title>A run of vrun in a terminal</title>',
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#0d1117" stroke="#30363d"/>`,
    `<path d="M1 ${TITLE_BAR}V10.5a9.5 9.5 0 0 1 9.5-9.5H${width - 10.5}a9.5 9.5 0 0 1 9.5 9.5V${TITLE_BAR}z" fill="#161b22"/>`,
    ...BUTTONS.map(
      (fill, index) => `<circle cx="${PADDING + 20 * index}" cy="${TITLE_BAR / 2}" r="6" fill="${fill}"/>`,
    ),
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="14" fill="#e6edf3" xml:space="preserve">',
    ...body.filter((text) => !text.endsWith('></text>') || text.includes('tspan')),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** @param {import('./screen.js').Style} style */
function attributes({ bold, dim, color }) {
  return [
    bold ? ' font-weight="bold"' : '',
    dim ? ' fill-opacity="0.6"' : '',
    color === undefined ? '' : ` fill="${COLORS[color]}"`,
  ].join('');
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
