// A terminal in memory: what a person would see after these bytes. Just the sequences that a spinner needs.
import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';
import { displayWidth } from '../../engine/view/text/width.ts';

const SEQUENCE = /\x1b\[([?]?)([0-9;]*)([A-Za-z])/y;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

export class TerminalEmulator {
  readonly columns: number;
  cursorHidden = false;
  /** Sequences and control characters that this terminal doesn't know. */
  readonly strange: string[] = [];
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  feed(text: string): void {
    for (let at = 0; at < text.length; ) {
      SEQUENCE.lastIndex = at;
      const found = SEQUENCE.exec(text);
      if (found) {
        this.#control(found[1] ?? '', found[2] ?? '', found[3] ?? '');
        at = SEQUENCE.lastIndex;
        continue;
      }
      const next = text.slice(at).search(/[\x00-\x1f\x7f]/);
      if (next === 0) {
        this.#character(text[at] ?? '');
        at++;
        continue;
      }
      const end = next < 0 ? text.length : at + next;
      for (const { segment } of segmenter.segment(text.slice(at, end))) this.#print(segment);
      at = end;
    }
  }

  /** Everything on the screen and above it, without the spaces at the ends of lines. */
  text(): string {
    return this.#lines
      .map((line) =>
        Array.from(line, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  }

  #print(grapheme: string): void {
    const width = displayWidth(grapheme);
    if (this.#column + width > this.columns) this.#lineFeed();
    const line = this.#line();
    line[this.#column] = grapheme;
    for (let cell = 1; cell < width; cell++) line[this.#column + cell] = '';
    this.#column += width;
  }

  #character(character: string): void {
    if (character === '\n') this.#lineFeed();
    else if (character === '\r') this.#column = 0;
    else if (character === '\t') this.#column = Math.min(this.columns - 1, (Math.floor(this.#column / 8) + 1) * 8);
    else this.strange.push(JSON.stringify(character));
  }

  #lineFeed(): void {
    this.#row++;
    this.#column = 0;
    this.#line();
  }

  #line(): string[] {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return this.#lines[this.#row] ?? [];
  }

  #control(question: string, parameters: string, letter: string): void {
    const number = Number(parameters || '1');
    const name = question + (question ? parameters : '') + letter;
    if (name === 'm' || name === '?2026h' || name === '?2026l') return;
    if (name === '?25l' || name === '?25h') this.cursorHidden = name === '?25l';
    else if (name === 'A') this.#row = Math.max(0, this.#row - number);
    else if (name === 'G') this.#column = number - 1;
    else if (name === 'K' && (parameters === '' || parameters === '0')) this.#line().length = this.#column;
    else this.strange.push(`ESC[${question}${parameters}${letter}`);
  }
}

/** A stream like `process.stdout` on a terminal, shown on an emulator. */
export class EmulatedTty extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  readonly screen: TerminalEmulator;
  raw = '';

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.screen = new TerminalEmulator(columns);
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.raw += chunk.toString();
    this.screen.feed(chunk.toString());
    done();
  }

  cursorTo(x: number): boolean {
    return cursorTo(this, x);
  }

  moveCursor(dx: number, dy: number): boolean {
    return moveCursor(this, dx, dy);
  }

  clearLine(direction: -1 | 0 | 1): boolean {
    return clearLine(this, direction);
  }
}
