// What is left on a terminal after these bytes: text and style, cell by cell. Only the sequences that vrun writes.

/** @typedef {{ bold?: boolean, dim?: boolean, color?: number }} Style */
/** @typedef {{ text: string, style: Style }} Span */

/**
 * @param {string} bytes
 * @param {number} columns
 * @returns {Span[][]} lines, without empty ones at the end
 */
export function screenOf(bytes, columns) {
  /** @type {{ text: string, style: Style }[][]} */
  const lines = [[]];
  let row = 0;
  let column = 0;
  /** @type {Style} */
  let style = {};
  const line = () => {
    while (lines.length <= row) lines.push([]);
    return lines[row] ?? [];
  };
  for (const [token, , parameters = '', final] of bytes.matchAll(/\x1b\[(\??)([\d;]*)([A-Za-z])|[\s\S]/gu)) {
    if (final === 'm') style = styled(style, parameters);
    else if (final === 'G') column = Number(parameters || 1) - 1;
    else if (final === 'A') row = Math.max(0, row - Number(parameters || 1));
    else if (final === 'K') line().splice(column);
    else if (final !== undefined)
      continue; // modes: the cursor's visibility, synchronized output
    else if (token === '\r') column = 0;
    else if (token === '\n') row++;
    else {
      if (column >= columns) {
        row++;
        column = 0;
      }
      const cells = line();
      while (cells.length < column) cells.push({ text: ' ', style: {} });
      cells[column++] = { text: token, style };
    }
  }
  const spans = lines.map(joined);
  while (spans.at(-1)?.every(({ text }) => text.trim() === '')) spans.pop();
  return spans;
}

/**
 * @param {Style} before
 * @param {string} parameters
 * @returns {Style}
 */
function styled(before, parameters) {
  let style = before;
  for (const code of parameters.split(';').map(Number)) {
    if (code === 0) style = {};
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code >= 30 && code <= 37) style = { ...style, color: code - 30 };
    else if (code === 39) style = withoutColor(style);
  }
  return style;
}

/** @param {Style} style */
function withoutColor({ color: _, ...rest }) {
  return rest;
}

/**
 * Neighbouring cells of one style become one span.
 * @param {Span[]} cells
 */
function joined(cells) {
  /** @type {Span[]} */
  const spans = [];
  for (const { text, style } of cells) {
    const last = spans.at(-1);
    if (last && JSON.stringify(last.style) === JSON.stringify(style)) last.text += text;
    else spans.push({ text, style });
  }
  return spans;
}
