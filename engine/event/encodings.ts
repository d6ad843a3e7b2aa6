// The forms that a value takes on its way through shells, JSON, URLs, HTML and encoders: what redaction by value looks for.

/** `plain` forms stand in a text as they are; `solid` ones may be broken by line breaks (`base64`, `xxd -p`). */
export interface Forms {
  readonly plain: ReadonlySet<string>;
  readonly solid: ReadonlySet<string>;
}

/** Lines of a secret shorter than this aren't sought by themselves: they'd match what isn't secret. */
const SHORTEST_LINE = 8;

/**
 * All usual encodings of `value`, of `value` without its outer white space, and of each longer line of it.
 * Each form is at least as long as the shortest of those parts.
 */
export function encodings(value: string): Forms {
  const plain = new Set<string>();
  const solid = new Set<string>();
  for (const part of parts(value)) {
    for (const form of plainForms(part)) plain.add(form);
    for (const form of solidForms(part)) solid.add(form);
  }
  return { plain, solid };
}

function parts(value: string): Set<string> {
  const parts = new Set([value, value.trim()]);
  for (const line of value.split(/\r?\n/)) {
    const text = line.trim();
    // A PEM or age header is the same in every key: masking it would only hide what kind of thing was printed.
    if (text.length >= SHORTEST_LINE && !/^-{5}(BEGIN|END) [A-Z0-9 ]+-{5}$/.test(text)) parts.add(text);
  }
  parts.delete('');
  return parts;
}

function plainForms(text: string): string[] {
  const hex = Buffer.from(text).toString('hex');
  const forms = [text, Buffer.from(text).toString('latin1'), spaced(hex, ' '), spaced(hex, ':')];
  forms.push(...jsonForms(text), ...urlForms(text, hex), ...shellForms(text), ...markupForms(text));
  forms.push(spaced(hex.toUpperCase(), ' '), spaced(hex.toUpperCase(), ':'), octalEscapes(text), hexEscapes(text));
  return forms;
}

function jsonForms(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const twice = JSON.stringify(json).slice(1, -1);
  return [json, ascii, twice, json.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')];
}

function urlForms(text: string, hex: string): string[] {
  const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
  const url = encodeURIComponent(wellFormed);
  const strict = url.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = strict.replaceAll('%20', '+');
  const lower = (encoded: string): string => encoded.replace(/%../g, (triple) => triple.toLowerCase());
  const all = hex.replace(/../g, '%$&');
  const upper = hex.toUpperCase().replace(/../g, '%$&');
  return [url, strict, form, encodeURI(wellFormed), lower(url), lower(strict), lower(form), all, upper];
}

function shellForms(text: string): string[] {
  const single = text.replaceAll("'", `'\\''`);
  const ansi = text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
  return [
    single,
    JSON.stringify(single).slice(1, -1),
    text.replaceAll("'", `'"'"'`),
    text.replace(/["$`\\]/g, '\\$&'),
    text.replace(/[^A-Za-z0-9_@%+=:,./-]/g, '\\$&'),
    text.replace(/[^A-Za-z0-9_@%+=:,./\u0080-\uffff-]/g, '\\$&'),
    text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
    ansi,
    ansi.replace(/[^ -~]/gu, octalEscapes),
    text.replaceAll("'", "''"),
  ];
}

function markupForms(text: string): string[] {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  const html = text.replace(/[&<>"]/g, (mark) => named[mark] ?? mark);
  const rest = (marks: RegExp, write: (code: number) => string): string =>
    html.replace(marks, (mark) => write(mark.charCodeAt(0)));
  return [
    text.replace(/[&<>]/g, (mark) => named[mark] ?? mark),
    html,
    html.replaceAll("'", '&apos;'),
    rest(/'/g, (code) => `&#${code};`),
    rest(/'/g, (code) => `&#x${code.toString(16)};`),
    rest(/['`=/]/g, (code) => `&#x${code.toString(16).toUpperCase()};`), // as Handlebars and mustache do
  ];
}

/** As ls, git and od -c write bytes that aren't printable ASCII. */
function octalEscapes(text: string): string {
  return bytewise(text, (byte) => `\\${byte.toString(8).padStart(3, '0')}`);
}

/** As systemd-escape, Python and nginx's log write them. */
function hexEscapes(text: string): string {
  return bytewise(text, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
}

function bytewise(text: string, write: (byte: number) => string): string {
  return [...Buffer.from(text)]
    .map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : write(byte)))
    .join('');
}

function spaced(hex: string, separator: string): string {
  return hex.replace(/..(?!$)/g, `$&${separator}`);
}

function solidForms(text: string): string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((offset) => aligned(bytes, offset));
  return [hex, hex.toUpperCase(), ...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** The base64 characters that these bytes alone decide when `offset` other bytes (modulo 3) stand before them. */
function aligned(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
