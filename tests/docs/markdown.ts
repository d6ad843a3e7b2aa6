// The fenced blocks of the project's documents, with what their info string says is to be done with them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Block {
  /** `docs/language.md:12`. */
  readonly at: string;
  readonly language: string;
  /** The second word of the info string. */
  readonly use: string | undefined;
  readonly text: string;
}

/** All documents for people, relative to the project's root. */
export function documents(): string[] {
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => `docs/${path}`);
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'tests/lab/README.md', ...below].filter((path) =>
    path.endsWith('.md'),
  );
}

/** The fenced blocks of a document. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/^```([\w-]+)(?: (\w+))?\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, language = '', use, body = ''] = match;
    const line = text.slice(0, match.index).split('\n').length;
    return { at: `${document}:${line}`, language, use, text: body };
  });
}
