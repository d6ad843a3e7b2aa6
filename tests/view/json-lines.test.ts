import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../engine/event/event.ts';
import { jsonLine, jsonLinesView } from '../../engine/view/json-lines.ts';
import { sampleRun } from './sample-run.ts';

describe('jsonLine', () => {
  test('has its fields in the order that is documented', () => {
    const event: Event = {
      ms: 3,
      status: 'changed',
      changes: [],
      task: { line: 12, file: 'site.yml', module: 'file', name: 'Web directory' },
      play: 'Prepare',
      host: 'web1',
      check: false,
      run: 'r1',
      type: 'task.finished',
    };
    expect(jsonLine(event)).toBe(
      '{"type":"task.finished","run":"r1","check":false,"host":"web1","play":"Prepare","task":{"name":"Web directory","module":"file","file":"site.yml","line":12},"status":"changed","ms":3,"changes":[]}',
    );
  });

  test('the end of the run has the totals in their order', () => {
    const totals = {
      messages: 1,
      unreachable: false,
      failed: 0,
      ignored: 0,
      skipped: 0,
      unknown: 0,
      changed: 2,
      ok: 7,
    };
    const event: Event = { type: 'run.finished', run: 'r1', check: true, ms: 9, status: 'ok', hosts: { web1: totals } };
    expect(jsonLine(event)).toBe(
      '{"type":"run.finished","run":"r1","check":true,"status":"ok","ms":9,"hosts":{"web1":{"ok":7,"changed":2,"unknown":0,"skipped":0,"failed":0,"ignored":0,"unreachable":false,"messages":1}}}',
    );
    expect(jsonLine({ ...event, hosts: { web1: { ...totals, rescued: 1 } } })).toContain(
      '"ignored":0,"rescued":1,"unreach',
    );
  });

  test('loses nothing, and is one line of printable characters whatever a host said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, value) => {
        const result = JSON.parse(JSON.stringify({ value, text }));
        const event: Event = {
          type: 'host.recovered',
          run: text,
          check: false,
          host: text,
          handlers: [text],
          staleLock: JSON.stringify(result),
        };
        const line = jsonLine(event);
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
        expect(JSON.parse(line)).toEqual(event);
      }),
    );
  });
});

describe('jsonLinesView', () => {
  test('writes one event a line and nothing else', async () => {
    const stream = new PassThrough();
    const view = jsonLinesView({ stream });
    const events = sampleRun().map(([, event]) => event);
    const read = stream.toArray();
    for (const event of events) view.event(event);
    await view.close(['closing lines are for people']);
    stream.end();
    const text = (await read).join('');
    expect(text.endsWith('\n')).toBe(true);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(events);
  });
});
