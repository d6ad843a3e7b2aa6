// A question at the terminal: what moves stands still meanwhile, and what happens meanwhile is shown afterwards.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { questionsOf, unansweredPauses } from '../../engine/cli/run/ask.ts';
import type { Environment } from '../../engine/cli/shared/environment.ts';
import type { View } from '../../engine/view/summary/view.ts';
import { liveView } from '../../engine/view/terminal/live.ts';

function terminal(isTTY = true) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stderr = new PassThrough();
  let said = '';
  stderr.on('data', (chunk) => {
    said += chunk;
  });
  // What asking looks at is there; the rest of the outer world has no part in it.
  const environment = { stdin, stderr } as unknown as Environment;
  return { stdin, environment, said: () => said };
}

function view(): View & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    event: () => undefined,
    close: () => undefined,
    pause: async () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
  };
}

test('Enter goes on; one question at a time, with the view at rest', async () => {
  const { stdin, environment, said } = terminal();
  const screen = view();
  const questions = questionsOf(environment, screen, new AbortController().signal);
  const answers = [questions?.ask('First?'), questions?.ask('Second?')];
  setTimeout(() => stdin.write('\n'), 20);
  expect(await answers[0]).toBe(true);
  setTimeout(() => stdin.write('\n'), 20);
  expect(await answers[1]).toBe(true);
  expect(screen.calls).toEqual(['pause', 'resume', 'pause', 'resume']);
  expect(said()).toBe('First?  [Enter: go on, Ctrl-C: end the run] Second?  [Enter: go on, Ctrl-C: end the run] ');
});

test('Ctrl-C, and the end of the input, do not', async () => {
  const stop = new AbortController();
  const asked = questionsOf(terminal().environment, view(), stop.signal)?.ask('Well?');
  setTimeout(() => stop.abort(), 20);
  expect(await asked).toBe(false);
  expect(await questionsOf(terminal().environment, view(), stop.signal)?.ask('Again?')).toBe(false);
  const { stdin, environment } = terminal();
  const closed = questionsOf(environment, view(), new AbortController().signal)?.ask('Well?');
  stdin.end();
  expect(await closed).toBe(false);
});

test('without a terminal nobody is asked', () => {
  const { environment } = terminal(false);
  expect(questionsOf(environment, view(), new AbortController().signal)).toBeUndefined();
  expect(unansweredPauses([], environment)).toEqual([]);
});

test('the live view is off the screen while it is paused', async () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let shown = '';
  stream.on('data', (chunk) => {
    shown += chunk;
  });
  const live = liveView({ stream, color: false, verbose: true, diff: false, clock: Date.now });
  const of = { run: 'r', check: false } as const;
  live.event({
    ...of,
    type: 'run.started',
    operator: 'op',
    version: '0',
    runbooks: ['site.yml'],
    inventory: ['hosts'],
    hosts: ['web1'],
    checklist: [],
  });
  await live.pause?.();
  const before = shown;
  live.event({ ...of, type: 'play.started', play: 'While it is asked', number: 1, hosts: ['web1'], tasks: 1 });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(shown).toBe(before);
  live.resume?.();
  await live.close();
  expect(shown.slice(before.length)).toContain('While it is asked');
});
