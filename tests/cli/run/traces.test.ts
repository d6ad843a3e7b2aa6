// Traces of a run as people have it: by the command line, on when the environment asks for them.

import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProject, vrunWith } from '../../docs/project.ts';
import { type Collector, startCollector } from '../../view/traces/collector.ts';

const SITE = `- name: Say
  hosts: all
  tasks:
    - { name: hello, debug: { msg: "{{ word }}" } }
    - { name: fails, fail: { msg: "it was {{ word }}" }, when: inventory_hostname == 'h2' }
`;

let project: string;
let collector: Collector;
beforeEach(async () => {
  project = openProject({ 'site.yml': SITE, hosts: 'h1\nh2\n[all:vars]\nansible_connection=local\n' });
  collector = await startCollector();
});
afterEach(() => {
  collector.close();
  rmSync(project, { recursive: true });
});

const run = (variables: Record<string, string>) =>
  vrunWith(
    { variables: { NO_COLOR: '1', ...variables } },
    project,
    'site.yml',
    '-i',
    `${project}/hosts`,
    '--check',
    '-e',
    'word=hi',
  );

test('the whole run is one trace, and its exit status is what it would be', async () => {
  const { status, stderr } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect([status, stderr]).toEqual([2, '']);
  const tree = collector.tree(({ error }) => (error === undefined ? '' : `: ${error}`));
  expect(tree.slice(0, 2)).toEqual(['RUN site.yml: 1 of 2 hosts failed: h2', '  Say']);
  expect(tree.toSorted()).toEqual(
    [
      'RUN site.yml: 1 of 2 hosts failed: h2',
      '  Say',
      '    h1',
      '      connect',
      '      fails',
      '      hello',
      '    h2: fails: it was hi',
      '      connect',
      '      fails: it was hi',
      '      hello',
    ].toSorted(),
  );
  expect(collector.span('RUN site.yml').attributes).toMatchObject({ 'vrun.run.check': true, 'vrun.run.hosts': 2 });
});

test('a collector that is away is a warning at the end, and nothing else', async () => {
  const there = await run({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const away = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  expect(away.status).toBe(there.status);
  expect(away.stderr).toMatch(/^warning: Not all traces have reached the collector\n/);
  expect(away.stderr.match(/warning/g)).toHaveLength(1);
  expect(there.stderr).toBe('');
  expect(collector.requests).toEqual([]);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' }, 'No traces are sent'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:1', OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/ca.pem' }, '/no/ca.pem'],
])('%j is warned of, and the run goes on', async (variables, said) => {
  const { status, stderr } = await run(variables);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^warning: No traces are sent/);
  expect(stderr).toContain(said);
});

test('what was hidden stays hidden', async () => {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, NO_COLOR: '1' };
  const site = `- hosts: h1
  tasks:
    - { name: quiet, fail: { msg: "sesame {{ word }}" }, no_log: true }
`;
  const own = openProject({ 'site.yml': site });
  await vrunWith({ variables }, own, 'site.yml', '-i', `${project}/hosts`, '-e', 'word=open');
  rmSync(own, { recursive: true });
  expect(collector.span('quiet').error).toBe('the task failed');
  expect(collector.requests.map(({ body }) => body).join('')).not.toContain('sesame');
});
