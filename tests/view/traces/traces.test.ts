// A run's events as a trace: real runs, and a collector that takes them over HTTP.
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../../engine/event/event.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { openTraces } from '../../../engine/view/traces/traces.ts';
import { FakeProject, type RunOptions } from '../../run/harness.ts';
import { type Collector, type Span, startCollector } from './collector.ts';

let project: FakeProject;
let collector: Collector;
beforeEach(async () => {
  project = new FakeProject({ hosts: 3 });
  collector = await startCollector();
});
afterEach(() => {
  project.remove();
  collector.close();
});

const open = (url = collector.url, clock: () => number = Date.now) =>
  openTraces({ url: `${url}/v1/traces`, files: {}, version: '1.2.3', variables: {}, clock });

/** Runs a runbook; resolves with what is said of the traces at the end. */
async function traced(runbook: string, options: RunOptions = {}): Promise<Problem | undefined> {
  const traces = await open();
  await project.run(runbook, { ...options, onEvent: (event) => traces.event(event) });
  return traces.close();
}

const RUNBOOK = `
- name: First
  hosts: all
  serial: [1, 100%]
  tasks:
    - { name: a file, copy: { dest: "{{ dir }}/a", content: x }, notify: tell }
    - { name: each, debug: { msg: "{{ item }}" }, loop: [one, two] }
  handlers:
    - { name: tell, debug: { msg: told } }
- name: Second
  hosts: h1
  tasks:
    - { name: no, debug: { msg: x }, when: false }
`;

const status = ({ attributes }: Span) => {
  const { 'vrun.task.status': status, 'vrun.task.item': item } = attributes;
  return [item, status].map((word) => (word === undefined ? '' : ` ${word}`)).join('');
};

describe.each([0, 2])('with %i workers', (workers) => {
  test('run, plays, batches, hosts, tasks, and items of loops', async () => {
    expect(await traced(RUNBOOK, { workers })).toBeUndefined();
    const tasks = [
      '      connect',
      '      a file changed',
      '      each ok',
      '        each one ok',
      '        each two ok',
      '      tell ok',
    ];
    const host = (name: string) => [`    ${name}`, ...tasks].map((line) => `  ${line.replace(/^ {6}/, '      ')}`);
    const tree = collector.tree(status);
    expect(tree.slice(0, 2)).toEqual(['RUN site.yml', '  First']);
    expect(tree.slice(2, 10)).toEqual(['    batch 1', ...host('h1').map((line) => line.replace(/^ {2}/, '  '))]);
    expect(tree.filter((line) => /^ {6}h\d$/.test(line)).toSorted()).toEqual(['      h1', '      h2', '      h3']);
    expect(tree.filter((line) => line === '        a file changed')).toHaveLength(3);
    expect(tree.filter((line) => line === '          each two ok')).toHaveLength(3);
    expect(tree.slice(tree.indexOf('  Second'))).toEqual(
      expect.arrayContaining(['  Second', '    h1', '      no skipped']),
    );
    expect(new Set(collector.spans.map(({ trace }) => trace)).size).toBe(1);
  });
});

test('what each says of itself', async () => {
  await traced(RUNBOOK);
  const run = collector.span('RUN site.yml');
  expect(run.resource).toMatchObject({ 'service.name': 'vrun', 'service.version': '1.2.3' });
  expect(run.attributes).toMatchObject({
    'cicd.pipeline.name': 'site.yml',
    'cicd.pipeline.run.id': 'run-1',
    'cicd.pipeline.result': 'success',
    'vrun.run.check': false,
    'vrun.run.operator': 'op@here',
    'vrun.run.hosts': 3,
  });
  expect(collector.span('a file').attributes).toMatchObject({
    'host.name': 'h1',
    'code.file.path': expect.stringMatching(/site\.yml$/),
    'code.line.number': 6,
    'vrun.run.id': 'run-1',
    'vrun.task.module': 'copy',
    'vrun.task.kind': 'task',
    'vrun.task.changes': 1,
  });
  expect(collector.span('tell').attributes['vrun.task.kind']).toBe('handler');
  expect(collector.span('h1').attributes).toMatchObject({ 'host.name': 'h1', 'server.address': expect.any(String) });
  expect(collector.span('batch 2').attributes).toMatchObject({ 'vrun.batch.number': 2, 'vrun.batch.hosts': 2 });
  for (const { start, end, name } of collector.spans) expect(end, name).toBeGreaterThanOrEqual(start);
  expect(collector.requests[0]?.path).toBe('/v1/traces');
});

test('failures, of the task up to the run; what is rescued or ignored is none', async () => {
  await traced(`
- name: Play
  hosts: all
  max_fail_percentage: 50
  tasks:
    - { name: ignored, fail: { msg: never mind }, ignore_errors: true }
    - name: block
      block: [{ name: rescued, fail: { msg: soon well } }]
      rescue: [{ name: mends, debug: { msg: x } }]
    - { name: fails, fail: { msg: on purpose }, when: inventory_hostname != 'h3' }
`);
  const fails = collector.spans.find(({ name, attributes }) => name === 'fails' && attributes['host.name'] === 'h1');
  expect(fails).toMatchObject({ error: 'on purpose', attributes: { 'vrun.task.status': 'failed' } });
  expect(fails?.attributes['error.type']).toBeTypeOf('string');
  expect(collector.span('h1').error).toBe('fails: on purpose');
  expect(collector.span('h3').error).toBeUndefined();
  for (const name of ['ignored', 'rescued']) {
    expect(collector.span(name).error, name).toBeUndefined();
    expect(collector.span(name).attributes['error.type'], name).toBeTypeOf('string');
  }
  expect(collector.span('Play').error).toContain('more than 50 % of its hosts failed');
  expect(collector.span('RUN site.yml')).toMatchObject({
    error: '2 of 3 hosts failed: h1, h2',
    attributes: { 'cicd.pipeline.result': 'failure' },
  });
});

test('a host that isn’t reached', async () => {
  await traced(`- { hosts: all, tasks: [{ name: t, debug: { msg: x } }] }`, { unreachable: ['h2'] });
  expect(collector.span('h2')).toMatchObject({
    error: 'h2 did not answer',
    attributes: { 'error.type': 'unreachable' },
  });
  expect(collector.span('h1').error).toBeUndefined();
});

test('what took so long began as long before its event', async () => {
  const traces = await open(collector.url, () => at);
  const [base, common] = [1_700_000_000_000, { run: 'r', check: false, host: 'h1', play: 'p' }];
  let at = base;
  const task = { name: 't', module: 'copy', file: 's.yml', line: 1 };
  const events: [number, Event][] = [
    [0, { type: 'play.started', ...common, number: 1, hosts: ['h1'], tasks: 1 } as Event],
    [300, { type: 'host.connected', ...common, address: 'a', user: 'u', hostKey: null, witness: null, ms: 200 }],
    [700, { type: 'task.finished', ...common, task, status: 'ok', changes: [], ms: 250 }],
    [900, { type: 'play.finished', ...common }],
  ];
  for (const [ms, event] of events) {
    at = base + ms;
    traces.event(event);
  }
  await traces.close();
  const times = (name: string) => [collector.span(name).start - base, collector.span(name).end - base];
  expect({ connect: times('connect'), t: times('t'), h1: times('h1'), p: times('p') }).toEqual({
    connect: [100, 300],
    t: [450, 700],
    h1: [100, 700],
    p: [0, 900],
  });
});

test('a run that breaks off: what is open ends, and a loop’s items are told', async () => {
  const traces = await open();
  await project
    .play('- { name: each, command: { argv: [sleep, "0.2"] }, loop: [1, 2, 3] }', {
      onEvent: (event, stop) => {
        traces.event(event);
        if (event.type === 'task.finished') stop.abort();
      },
    })
    .catch(() => undefined);
  await traces.close();
  expect(collector.span('RUN site.yml').attributes['cicd.pipeline.result']).toBe('cancellation');
  expect(collector.spans.filter(({ parent }) => parent === undefined)).toHaveLength(1);
});

describe('a collector that is away', () => {
  const PLAY = '- { hosts: h1, tasks: [{ name: t, debug: { msg: x } }] }';

  test.each([
    ['refuses', async () => ({ url: 'http://127.0.0.1:1', close: () => undefined }), /ECONNREFUSED/],
    ['fails', () => startCollector(() => 500), /Internal Server Error/],
    ['is busy', () => startCollector(() => 503), /retryable/],
    ['says nothing', () => startCollector(() => undefined), /timed out|in time/],
    ['takes the connection, and hangs up', hangingUp, /socket hang up|ECONNRESET/],
  ])('and %s: one warning, within two seconds', async (_, start, why) => {
    const away = await start();
    const traces = await open(away.url);
    await project.run(PLAY, { onEvent: (event) => traces.event(event) });
    const began = performance.now();
    const problem = await traces.close();
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(problem).toMatchObject({ severity: 'warning', summary: 'Not all traces have reached the collector' });
    expect(problem?.detail).toMatch(/^5 of 5 spans weren’t taken by http:\/\/127\.0\.0\.1:\d+\/v1\/traces: /);
    expect(problem?.detail).toMatch(why);
    away.close();
  });

  test('a password in its address isn’t told', async () => {
    const traces = await open('http://me:secret@127.0.0.1:1');
    await project.run(PLAY, { onEvent: (event) => traces.event(event) });
    expect(JSON.stringify(await traces.close())).not.toContain('secret');
  });
});

describe('many spans at once', () => {
  async function told(hosts: number): Promise<Problem | undefined> {
    const traces = await open();
    const common = { run: 'r', check: false, play: 'p' };
    const task = { name: 't', module: 'copy', file: 's.yml', line: 1 };
    for (let host = 0; host < hosts; host++) {
      traces.event({ type: 'task.finished', ...common, host: `h${host}`, task, status: 'ok', changes: [], ms: 1 });
    }
    return traces.close();
  }

  test('arrive all', async () => {
    expect(await told(8_000)).toBeUndefined();
    expect(collector.spans).toHaveLength(16_000);
  });

  test('or it is told how many didn’t', async () => {
    const problem = await told(10_000);
    const lost = 20_000 - collector.spans.length;
    expect(lost).toBeGreaterThan(0);
    expect(problem?.detail).toContain(`${lost} of 20000 spans weren’t taken`);
    expect(problem?.detail).toContain('OTEL_BSP_MAX_QUEUE_SIZE');
  });
});

async function hangingUp() {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
