// A tar stream of files whose contents are read while it is sent: POSIX ustar headers (pax(1)), and GNU's for long names,
// which GNU tar and BusyBox both read.
import { Content } from '../module/content.ts';
import type { TreeItem } from '../module/parameters.ts';

const BLOCK = 512;
const TYPES = { file: '0', directory: '5', link: '2' } as const;

/** The items as one tar stream, in order; they belong to root. */
export function tarOf(items: readonly TreeItem[]): Content {
  const parts = items.flatMap(({ content, ...item }) => [
    Content.of(headersOf({ ...item, size: content?.size ?? 0 })),
    ...(content ? [content, Content.of(Buffer.alloc(-content.size & (BLOCK - 1)))] : []),
  ]);
  return Content.joined([...parts, Content.of(Buffer.alloc(2 * BLOCK))]);
}

type Header = Omit<TreeItem, 'content'> & { readonly size: number };

function headersOf(item: Header): Buffer {
  const name = Buffer.from(item.kind === 'directory' ? `${item.path}/` : item.path);
  const target = Buffer.from(item.target ?? '');
  return Buffer.concat([
    ...(name.length > 100 ? longName('L', name) : []),
    ...(target.length > 100 ? longName('K', target) : []),
    header({ ...item, name, target, type: TYPES[item.kind] }),
  ]);
}

/** GNU's way to say a name that is too long for the next header. */
function longName(type: 'L' | 'K', name: Buffer): readonly Buffer[] {
  const none = Buffer.alloc(0);
  const size = name.length + 1;
  const padded = Buffer.alloc(Math.ceil(size / BLOCK) * BLOCK);
  name.copy(padded);
  return [header({ name: Buffer.from('././@LongLink'), target: none, type, mode: 0, modified: 0, size }), padded];
}

interface Block {
  readonly name: Buffer;
  readonly target: Buffer;
  readonly type: string;
  readonly mode: number;
  readonly modified: number;
  readonly size: number;
}

function header({ name, target, type, mode, modified, size }: Block): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) => {
    const digits = Math.max(0, Math.floor(value))
      .toString(8)
      .padStart(length - 1, '0');
    if (digits.length > length - 1) throw new Error(`a tar header cannot hold the number ${value}`);
    block.write(digits, at, 'latin1');
  };
  name.copy(block, 0, 0, 100);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(modified, 136, 12);
  block.fill(' ', 148, 156);
  block.write(type, 156, 'latin1');
  target.copy(block, 157, 0, 100);
  block.write('ustar\u000000', 257, 'latin1');
  block.write('root', 265, 'latin1');
  block.write('root', 297, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return block;
}
