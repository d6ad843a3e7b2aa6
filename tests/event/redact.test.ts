import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskFinished } from '../../engine/event/event.ts';
import { bytesToJson, containsMask, Redactor } from '../../engine/event/redact.ts';
import { Secret } from '../../engine/language/value/secret.ts';
import { cpuTime } from '../cpu-time.ts';

const awkward = `p4ss "w'rd" $HOME\\<&>/ü%+=`;

function redactor(...values: string[]): Redactor {
  const made = new Redactor();
  for (const [index, value] of values.entries()) made.add(new Secret(`s${index}`, value));
  return made;
}

function output(command: string, args: readonly string[], input: string): string {
  return execFileSync(command, args, { input, encoding: 'utf8' });
}

/** In base64, as `fold -w 9` leaves it. */
function inLines(text: string): readonly string[] {
  return (
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,9}/g) ?? []
  );
}

describe('what real tools print of a secret', () => {
  const tools: readonly (readonly [string, string, readonly string[]])[] = [
    ['as it is', 'cat', []],
    ['base64', 'base64', ['-w', '0']],
    ['base64 in short lines', 'base64', ['-w', '9']],
    ['od as hex', 'sh', ['-c', 'od -An -v -tx1 | tr -d "\\n"']],
    ['od as hex in lines', 'sh', ['-c', 'od -An -v -tx1 -w5']],
    ['bash %q', 'bash', ['-c', 'read -r x; printf %q "$x"']],
    ['bash %q without a locale', 'bash', ['-c', 'LC_ALL=C; read -r x; printf %q "$x"']],
    ['bash @Q', 'bash', ['-c', 'read -r x; printf %s "${x@Q}"']],
    ['hex digits in lines', 'sh', ['-c', 'od -An -v -tx1 | tr -d " \\n" | fold -w 10']],
  ];
  it.each(tools)('%s', (_, command, args) => {
    expectHidden(output(command, args, `${awkward}\n`));
  });

  // Recorded from jq 1.6, which not every machine has.
  const recorded: readonly (readonly [string, string])[] = [
    ['jq -R .', String.raw`"p4ss \"w'rd\" $HOME\\<&>/ü%+="`],
    ['jq -Ra .', String.raw`"p4ss \"w'rd\" $HOME\\<&>/\u00fc%+="`],
    ['jq -R tojson', String.raw`"\"p4ss \\\"w'rd\\\" $HOME\\\\<&>/ü%+=\""`],
    ['base64, as lines of an indented list in JSON', JSON.stringify(inLines(awkward), null, 2)],
    ['base64, as lines of a list in JSON', JSON.stringify({ lines: inLines(awkward) })],
    ['base64, as a text in JSON', JSON.stringify(inLines(awkward).join('\n'))],
    ['base64, as a text in JSON in JSON', JSON.stringify(JSON.stringify(inLines(awkward).join('\n')))],
    ['jq -Rr @uri', `p4ss%20%22w'rd%22%20%24HOME%5C%3C%26%3E%2F%C3%BC%25%2B%3D`],
    ['jq -Rr @html', String.raw`p4ss &quot;w&apos;rd&quot; $HOME\&lt;&amp;&gt;/ü%+=`],
    ['jq -Rr @sh', String.raw`'p4ss "w'\''rd" $HOME\<&>/ü%+='`],
  ];
  it.each(recorded)('%s', (_, text) => {
    expectHidden(text);
  });

  function expectHidden(text: string): void {
    const hidden = redactor(awkward).text(text);
    expect(hidden).toContain('‹secret:s0›');
    // What is left is less than a third of what was printed: separators, quotes and the newline.
    expect(hidden.replaceAll('‹secret:s0›', '').trim().length).toBeLessThan(text.length / 3);
  }

  it.each([0, 1, 2, 3, 4])('base64 of a text with the secret at byte %i', (offset) => {
    const text = output('base64', ['-w', '20'], `${'k'.repeat(offset)}${awkward} and the rest`);
    const hidden = redactor(awkward).text(text);
    expect(Buffer.from(hidden.replaceAll('‹secret:s0›', ''), 'base64').toString('latin1')).not.toContain('p4ss');
    expect(hidden).toContain('‹secret:s0›');
  });
});

describe('text', () => {
  it('hides any secret anywhere, raw, in JSON and in wrapped base64 at any alignment', () => {
    const secret = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => text.trim().length >= 6);
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), fc.integer({ min: 4, max: 76 }), (value, before, after, width) => {
        const all = redactor(value);
        expect(all.text(before + value + after)).toContain('‹secret:s0›');
        expect(all.text(JSON.stringify({ a: before + value + after }))).toContain('‹secret:s0›');
        const base64 = Buffer.from(before + value + after).toString('base64');
        expect(all.text(base64.replace(new RegExp(`.{${width}}`, 'g'), '$&\n'))).toContain('‹secret:s0›');
      }),
    );
  });

  it('hides all of two secrets that overlap, and the longest of two that start together', () => {
    expect(redactor('abcdefgh', 'efghijkl').text('x abcdefghijkl y')).toBe('x ‹secret:s0› y');
    expect(redactor('abcdef', 'abcdefghi').text('abcdefghi')).toBe('‹secret:s1›');
  });

  it('hides a secret that was written with a line break at its end, and the long lines of one with many', () => {
    expect(redactor('hunter2hunter2\n').text('it is hunter2hunter2.')).toBe('it is ‹secret:s0›.');
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\n-----END PRIVATE KEY-----\n';
    expect(redactor(pem).text('grep: MC4CAQAwBQYDK2VwBCIEIJ')).toBe('grep: ‹secret:s0›');
    expect(redactor(pem).text('-----BEGIN PRIVATE KEY-----')).toBe('-----BEGIN PRIVATE KEY-----');
  });

  it('hides a short secret only as a word', () => {
    const made = new Redactor();
    expect(made.add(new Secret('pin', '1234'))).toBe('word');
    expect(made.text('pin=1234; 12345 x1234 MTIzNA==')).toBe('pin=‹secret:pin›; 12345 x1234 ‹secret:pin›==');
    expect(made.add(new Secret('none', ''))).toBe('nothing');
    expect(made.add(new Secret('long', 'long enough'))).toBe('everywhere');
  });

  it('leaves other text alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(redactor('correct horse battery staple').text(text)).toBe(text);
      }),
    );
  });
});

describe('event', () => {
  const event: TaskFinished = {
    type: 'task.finished',
    run: 'changed',
    check: false,
    host: 'changed',
    play: 'with changed',
    task: { name: 'hunter2hunter2', module: 'changed', file: 'site.yml', line: 3 },
    status: 'changed',
    changes: [{ op: '~', what: 'hunter2hunter2', diff: { before: '', after: 'x=hunter2hunter2' } }],
    result: {
      hunter2hunter2: [
        'aHVudGVyMmh1bnRlcjI=',
        { b64: Buffer.from('\xffhunter2hunter2\xff', 'latin1').toString('base64') },
      ],
    },
    ms: 5,
  };

  it('hides secrets in texts, keys and bytes, and keeps what the engine itself chose', () => {
    expect(redactor('hunter2hunter2', 'changed').event(event)).toEqual({
      ...event,
      play: 'with ‹secret:s1›',
      task: { ...event.task, name: '‹secret:s0›' },
      changes: [{ op: '~', what: '‹secret:s0›', diff: { before: '', after: 'x=‹secret:s0›' } }],
      result: {
        '‹secret:s0›': [
          '‹secret:s0›I=',
          {
            b64: Buffer.concat([Buffer.of(255), Buffer.from('‹secret:s0›'), Buffer.of(255)]).toString('base64'),
          },
        ],
      },
    });
  });

  it('hides a number in a result, and no other number', () => {
    const counted = redactor('31415926').event({ ...event, ms: 31415926, result: { pin: 31415926, uid: 3 } });
    expect([counted.ms, counted.result]).toEqual([31415926, { pin: '‹secret:s0›', uid: 3 }]);
  });

  it('makes every text well-formed', () => {
    expect(redactor().event({ ...event, message: 'a\ud800b😀' }).message).toBe('a\ufffdb😀');
  });

  it('keeps up with 50 hosts × 300 tasks', () => {
    const many = redactor(...Array.from({ length: 50 }, (_, index) => `secret number ${index}'s value`));
    const long = { ...event, result: { stdout: 'Setting up nginx (1.22.1-9+deb12u3) ...\n'.repeat(20) } };
    const start = cpuTime();
    for (let count = 0; count < 15_000; count++) many.event(long);
    expect(cpuTime() - start).toBeLessThan(10_000);
  });
});

describe('containsMask', () => {
  it('sees the mask of a secret and of secret content', () => {
    expect(containsMask(`a ${new Secret('x', 'y')}`)).toBe(true);
    expect(containsMask('echo ‹secret content›')).toBe(true);
    expect(containsMask('secret: x ‹›')).toBe(false);
  });
});

describe('bytesToJson', () => {
  it('gives the text of UTF-8 and base64 of anything else, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const json = bytesToJson(bytes);
          expect(typeof json === 'string' ? Buffer.from(json) : Buffer.from(json.b64, 'base64')).toEqual(
            Buffer.from(bytes),
          );
        },
      ),
    );
    expect(bytesToJson(Buffer.of(0xef, 0xbb, 0xbf, 0x41))).toBe('\ufeffA');
    expect(bytesToJson(Buffer.of(0xff))).toEqual({ b64: '/w==' });
  });
});

describe('what is left of a secret where a text was cut', () => {
  const long = Array.from({ length: 60 }, (_, at) => `word${at}`).join('-');
  const wrapped = output('base64', ['-w', '40'], long);

  it('the beginning, at the end of a very long text and before an ellipsis', () => {
    const text = `${'x'.repeat(300_000)}${long.slice(0, 40)}`;
    expect(redactor(long).text(text)).toBe(`${'x'.repeat(300_000)}‹secret:s0›`);
    expect(redactor(long).text(`body: ${long.slice(0, 40)}…`)).toBe('body: ‹secret:s0›…');
    expect(redactor(long).text(`body: ${long.slice(0, 40)} …`)).toBe('body: ‹secret:s0›…');
    expect(redactor(long).text('a word…')).toBe('a word…');
  });

  it('the beginning of an encoded one', () => {
    const text = `${'x'.repeat(300_000)}\n${wrapped.slice(0, 200)}`;
    expect(redactor(long).text(text)).toMatch(/^x+\n‹secret:s0›$/);
  });

  it('the last lines of an encoded one', () => {
    const lines = wrapped.trimEnd().split('\n');
    const shown = `It ended with status 1:\n  … (${lines.length - 5} lines before)\n${lines
      .slice(-5)
      .map((line) => `  ${line}`)
      .join('\n')}\nand more`;
    const hidden = redactor(long).text(shown);
    expect(hidden).toMatch(/lines before\)\n {2}‹secret:s0›\S{0,4}\nand more$/);
  });

  it('a list of lines is one text', () => {
    const lines = wrapped.trimEnd().split('\n');
    const event = { type: 'task.finished', result: { stdout_lines: ['a', ...lines, 'z'], other: ['a', 'b'] } };
    // Only the lists matter here.
    const hidden = redactor(long).event(event as unknown as TaskFinished) as unknown as typeof event;
    expect(hidden.result.stdout_lines[0]).toBe('a');
    expect(hidden.result.stdout_lines.at(-1)).toBe('z');
    expect(hidden.result.stdout_lines.slice(1, -1).join('').replace('‹secret:s0›', '').length).toBeLessThan(5);
    expect(hidden.result.other).toEqual(['a', 'b']);
  });
});
