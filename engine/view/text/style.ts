// Colours, or none. Whether there are any is the caller's decision (`NO_COLOR`, a pipe).

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;

export type Colour = keyof typeof CODES;
export type Style = { readonly [colour in Colour]: (text: string) => string };

/** The colours as functions; without `color` each returns its text as it is. */
export function styles(color: boolean): Style {
  const paint = (colour: Colour) => (text: string) =>
    color && text !== '' ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    magenta: paint('magenta'),
    cyan: paint('cyan'),
  };
}
