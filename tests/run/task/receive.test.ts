// Files that come from hosts, through real runs: exact to the byte, whole or not at all, and nowhere in the record.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../../engine/event/event.ts';
import { Content } from '../../../engine/module/index.ts';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 2 });
});
afterEach(() => project.remove());

const FETCH = '- name: Fetch\n  fetch: { src: "{{ dir }}/file", dest: in/ }\n';
const here = (path: string) => join(project.directory, path);
const everywhere = (bytes: string | Uint8Array) => {
  for (const host of project.hosts) writeFileSync(project.on(host, 'file'), bytes);
};

test('three megabytes of every byte there is, of each host in its own place, in one message more', async () => {
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7 + (index >> 8)) & 255));
  everywhere(bytes);
  const ran = await project.play(FETCH);
  expect(ran.statuses()).toEqual(['Fetch changed']);
  for (const host of project.hosts) expect(readFileSync(here(`in/${host}/file`)).equals(bytes)).toBe(true);
  expect(statSync(here('in/h1/file')).mode & 0o777).toBe(0o600);
  expect(ran.totals().messages).toBe(2);
  const again = await project.play(FETCH);
  expect([again.statuses(), again.totals().messages]).toEqual([['Fetch ok'], 1]);
});

test.each([0, 1, 20, 100])('%d bytes', async (size) => {
  everywhere('x'.repeat(size));
  await project.play(FETCH);
  expect(readFileSync(here('in/h1/file'), 'utf8')).toBe('x'.repeat(size));
});

test('a dry run writes nothing', async () => {
  everywhere('x');
  const ran = await project.play(FETCH, { check: true });
  expect([ran.statuses(), existsSync(here('in'))]).toEqual([['Fetch changed'], false]);
});

test('what is in it is nowhere in the events', async () => {
  everywhere('a canary that sings');
  const ran = await project.play(FETCH);
  const told = JSON.stringify(ran.events);
  expect(told).not.toContain('canary that');
  expect(told).toContain(Content.of('a canary that sings').sha256);
});

test('a file that grows is brought as it was read, one that is written anew is refused', async () => {
  everywhere('first\n');
  const onApplying = (text: string) => (event: Event) => {
    if (event.type === 'task.applying') writeFileSync(project.on(event.host, 'file'), text);
  };
  const grown = await project.play(FETCH, { onEvent: onApplying('first\nsecond\n') });
  expect([grown.status, readFileSync(here('in/h1/file'), 'utf8')]).toEqual(['ok', 'first\n']);
  const other = await project.play(FETCH, { onEvent: onApplying('something else') });
  expect(other.task('Fetch').failure?.summary).toContain('is not what the host has');
  expect(readFileSync(here('in/h1/file'), 'utf8')).toBe('first\n');
  expect(readdirSync(here('in/h1'))).toEqual(['file']);
});

test('two hosts with one place is a failure of the second', async () => {
  for (const host of project.hosts) writeFileSync(project.on(host, 'file'), host);
  const ran = await project.play('- name: Fetch\n  fetch: { src: "{{ dir }}/file", dest: one }\n');
  const statuses = project.hosts.map((host) => ran.task('Fetch', host).status);
  expect(statuses.toSorted()).toEqual(['changed', 'failed']);
});

test('a name that the inventory gives a host leaves nothing', async () => {
  everywhere('x');
  const ran = await project.play('- name: Fetch\n  fetch: { src: "{{ dir }}/none", dest: in/ }\n');
  expect(ran.task('Fetch').failure?.summary).toContain('the host has no path');
  mkdirSync(here('in'));
  chmodSync(here('in'), 0o500);
  if (process.getuid?.() === 0) return; // root may write anywhere
  expect((await project.play(FETCH)).task('Fetch').failure?.detail).toContain('EACCES');
});
