// Runs in which every text may be anything: control sequences, bidi tricks, Markdown, HTML, backticks.
import fc from 'fast-check';
import type { Event, FailureData } from '../../engine/event/event.ts';
import { START, type Timed } from './sample-run.ts';

const NASTY = [
  '\x1b[2J\x1b[H',
  '\x1b]0;title\x07',
  '\u202egnp.exe',
  '\u0085\u009b31m',
  '\r\n',
  '\n\n# Heading\n\n',
  '| a | b |',
  '```\n',
  '`````',
  '`',
  '<script>alert(1)</script>',
  '<!--',
  '[click](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  'https://evil.example/',
  'www.evil.example',
  '<https://evil.example>',
  'me@evil.example',
  '[a]: https://evil.example',
  '&lt;b&gt;',
  '\\',
  '|',
  '\\|',
  '> quote',
  '- item',
  '1. one',
  '***',
  '~~~',
  '日本',
  ' ',
  'web',
];

const text = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 5 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''));
const change = fc.record(
  {
    op: fc.constantFrom('+', '~', '-', '!'),
    what: text,
    from: text,
    to: text,
    diff: fc.record({ before: text, after: text }),
  },
  { requiredKeys: ['op', 'what'] },
);
const failure: fc.Arbitrary<FailureData> = fc.record(
  {
    code: fc.constant('step-failed'),
    summary: text,
    detail: text,
    hint: text,
    at: fc.record({ file: text, line: fc.constant(3), column: fc.constant(2), length: fc.constant(4), text }),
  },
  { requiredKeys: ['code', 'summary'] },
);
const task = fc.record({ name: text, module: text, file: text, line: fc.constant(3) });
const common = { run: fc.constant('r'), check: fc.boolean() };
const host = fc.oneof(fc.constantFrom('web1', 'web2'), text);

const finished = fc.record(
  {
    ...common,
    type: fc.constantFrom('task.finished', 'handler.finished'),
    host,
    play: text,
    task,
    status: fc.constantFrom('ok', 'changed', 'unknown', 'skipped', 'failed', 'unreachable', 'ignored'),
    changes: fc.array(change, { maxLength: 3 }),
    failure,
    reason: text,
    message: text,
    item: text,
    ms: fc.nat(9000),
  },
  { requiredKeys: ['run', 'check', 'type', 'host', 'play', 'task', 'status', 'changes', 'ms'] },
);

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: finished },
  fc.record({
    ...common,
    type: fc.constant('run.started'),
    operator: text,
    version: text,
    runbooks: fc.array(text),
    inventory: fc.array(text),
    hosts: fc.array(host),
    checklist: fc.array(text),
  }),
  fc.record({
    ...common,
    type: fc.constant('play.started'),
    play: text,
    number: fc.nat(9),
    hosts: fc.array(host),
    tasks: fc.nat(9),
  }),
  fc.record({
    ...common,
    type: fc.constant('host.connected'),
    host,
    address: text,
    user: text,
    hostKey: fc.record({ type: text, fingerprint: text }),
    witness: fc.option(text),
    ms: fc.nat(99),
  }),
  fc.record({
    ...common,
    type: fc.constant('host.recovered'),
    host,
    handlers: fc.array(text),
    staleLock: fc.option(text),
  }),
  fc.record({
    ...common,
    type: fc.constant('run.resumed'),
    operator: text,
    version: text,
    inFlight: fc.array(
      fc.record({ host, task: text, at: text, item: text }, { requiredKeys: ['host', 'task', 'at'] }),
      { maxLength: 2 },
    ),
  }),
  fc.record({ ...common, type: fc.constantFrom('host.restarted', 'host.through'), host, play: text }),
  fc.record({ ...common, type: fc.constant('task.started'), host, play: text, task }),
  fc.record({ ...common, type: fc.constant('host.failed'), host, unreachable: fc.boolean(), failure }),
  fc.record({
    ...common,
    type: fc.constant('checklist.changed'),
    line: text,
    mark: fc.constantFrom(' ', '-', 'x', '!'),
    host: fc.option(host),
  }),
  fc.record({ ...common, type: fc.constant('warning'), host: fc.option(host), problem: failure }),
);

/** Events in any order with any text. */
export const hostile: fc.Arbitrary<Timed[]> = fc
  .array(event, { minLength: 1, maxLength: 12 })
  .map((events) => events.map((one, index) => [START + index, one]));
