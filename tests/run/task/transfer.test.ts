import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Transfer } from '../../../engine/run/task/transfer.ts';
import { FakeProject } from '../harness.ts';

describe('what goes in pieces', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is counted as it is taken, and told once a second', async () => {
    const told: unknown[] = [];
    const transfer = new Transfer((so) => told.push(so));
    async function* pieces() {
      for (let piece = 0; piece < 6; piece += 1) yield Buffer.alloc(10);
    }
    const stdin = transfer.sent({ length: 60, chunks: pieces });
    if (!stdin || stdin instanceof Uint8Array) throw new Error('it stays in pieces');
    expect(stdin.length).toBe(60);
    for await (const piece of stdin.chunks()) vi.advanceTimersByTime(40 * piece.length);
    expect(told).toEqual([
      { bytes: 30, of: 60, ms: 1200 },
      { bytes: 60, of: 60, ms: 2400 },
    ]);
    expect(transfer.done).toEqual({ bytes: 60, ms: 2400 });
  });

  test('is not counted where it goes with its message', () => {
    const transfer = new Transfer(() => undefined);
    const small = Buffer.from('x');
    expect([transfer.sent(small), transfer.sent(undefined), transfer.done]).toEqual([small, undefined, undefined]);
  });
});

describe('a file of some size', () => {
  let project: FakeProject;
  beforeEach(() => {
    project = new FakeProject();
  });
  afterEach(() => project.remove());

  test('is told of with its bytes and the time that they took, sent and fetched', async () => {
    writeFileSync(join(project.directory, 'large'), '');
    truncateSync(join(project.directory, 'large'), 3_000_000);
    const run = await project.play(
      '- name: send\n  copy: { src: large, dest: "{{ dir }}/large" }\n- name: fetch\n  fetch: { src: "{{ dir }}/large", dest: back/ }\n- name: small\n  copy: { dest: "{{ dir }}/small", content: x }\n',
    );
    expect(statSync(project.on('h1', 'large')).size).toBe(3_000_000);
    for (const name of ['send', 'fetch']) {
      expect(run.task(name).transferred).toMatchObject({ bytes: 3_000_000, ms: expect.any(Number) });
    }
    expect(run.task('small').transferred).toBeUndefined();
  });
});
