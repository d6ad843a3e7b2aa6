// What curl said, taken apart: the last answer's status, headers and body.
import type { Output } from '../../module/change.ts';
import { Missing } from '../../module/resource.ts';

export interface HttpAnswer {
  /** curl's exit status, and what it said when that isn't 0. */
  readonly curl: number;
  readonly said: string;
  /** 0 when there was no answer. */
  readonly status: number;
  /** Of the last answer, names in lower case; what came twice is joined by a comma (RFC 9110, 5.3). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body was larger than what is kept of it. */
  readonly truncated: boolean;
  readonly seconds: number;
  readonly url: string;
  /** Whole days until the certificate ends; undefined when it wasn't asked for or can't be read. */
  readonly daysLeft: number | undefined;
  /** False when the machine has no openssl. */
  readonly openssl: boolean;
}

/** Where curl 8 saw what it refuses, behind what that is: in the configuration that it was sent. */
const OF_ITS_OPTIONS = /^curl: (<stdin>:\d+ |option -K: |try 'curl )/;

export const NO_CURL = { summary: 'curl is not installed', hint: 'Install it before: `apt: { name: curl }`.' };

/** @throws Error when the output can't be understood */
export function parseHttp(out: Output): HttpAnswer | Missing<HttpAnswer> {
  const rows = out.stderr.split('\n');
  const after = (word: string) => rows.find((row) => row.startsWith(`@${word}`))?.slice(word.length + 2);
  if (after('none') !== undefined) {
    return new Missing<HttpAnswer>({ needs: ['command:curl'], failure: NO_CURL });
  }
  const curl = after('curl');
  const meta = /^(\d+) (\d+) (\d+) ([\d.,]+) (.*)$/.exec(after('meta') ?? '');
  // What curl refuses to send at all has no figures.
  if (curl === undefined || (!meta && curl === '0')) throw new Error('curl did not say how it went');
  const [, status = '0', headerSize = '0', , seconds = '0', url = ''] = meta ?? [];
  const bytes = Buffer.from(out.stdoutBytes);
  const expires = after('expires');
  return {
    curl: Number(curl),
    said: rows.filter((row) => row !== '' && !row.startsWith('@') && !OF_ITS_OPTIONS.test(row)).join('\n'),
    status: Number(status),
    headers: headersOf(bytes.subarray(0, Number(headerSize)).toString('latin1')),
    body: bytes.subarray(Number(headerSize)).toString('utf8'),
    truncated: out.truncated,
    seconds: Number(seconds.replace(',', '.')),
    url,
    daysLeft: expires === undefined ? undefined : daysLeft(expires),
    openssl: expires !== 'none',
  };
}

function headersOf(text: string): Readonly<Record<string, string>> {
  const last =
    text
      .trimEnd()
      .split(/\r?\n\r?\n/)
      .at(-1) ?? '';
  const headers = new Map<string, string>();
  for (const row of last.split(/\r?\n/).slice(1)) {
    const [, name = '', value = ''] = /^([^:\s]+):(.*)$/s.exec(row) ?? [];
    const key = name.toLowerCase();
    const before = headers.get(key);
    if (key !== '') headers.set(key, before === undefined ? value.trim() : `${before}, ${value.trim()}`);
  }
  return Object.fromEntries(headers);
}

/** `NOW Dec 12 21:33:12 2026 GMT`: by the clock of the machine that asked. */
function daysLeft(text: string): number | undefined {
  const [now = '', ...date] = text.split(' ');
  const end = Date.parse(date.join(' '));
  return Number.isNaN(end) ? undefined : Math.floor((end / 1000 - Number(now)) / 86_400);
}
