// Every module's parser on what its probe printed on real hosts, and what the module would then change. Each situation
// has a transcript, recorded by `npm run lab -- capture`, and beside it what is to be understood of it, `NAME.state.json`:
// written by `vitest run -u` and read by a person before it is kept. Each of the lab's suites has its transcripts in
// `MODULE/transcripts/SUITE`; beside those of Debian 12 alone stands everything that is understood, on the others only what isn't judged as there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { compileParams } from '../../../engine/language/parameters/schema.ts';
import { Unknown, type ValueMap } from '../../../engine/language/value/value.ts';
import { Missing, type Module } from '../../../engine/module/index.ts';
import { modules } from '../../../modules/index.ts';
import type { Situation } from '../harness/situation.ts';
import { situations } from '../harness/situations.ts';
import { compact } from '../harness/table.ts';
import {
  digest,
  isKept,
  probesOf,
  RECORDED,
  REFERENCE,
  recordedOutput,
  type Transcript,
} from '../harness/transcript.ts';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const MODULES = RECORDED.flatMap((suite) =>
  modules
    .filter(({ name }) => situations.has(name) && isKept(name, suite))
    .map((module) => [suite, module.name, module] as const),
);

describe.each(MODULES)('on %s: %s', (suite, name, module) => {
  const directory = `${HERE}${name}/transcripts/${suite}`;

  test('has situations, and its transcripts are theirs', () => {
    const names = (situations.get(name) ?? []).map((situation) => situation.name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    const kept = readdirSync(directory);
    const states = suite === REFERENCE ? names : names.filter((one) => kept.includes(`${one}.state.json`));
    expect(kept.sort()).toEqual([...names, ...states.map((one) => `${one}.state`)].map((one) => `${one}.json`).sort());
  });

  test.each(situations.get(name) ?? [])('$name: $title', async (situation) => {
    const file = `${directory}/${situation.name}`;
    expect(existsSync(`${file}.json`), `npm run lab -- capture ${name} --suite ${suite}`).toBe(true);
    const transcript: Transcript = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
    const understood = `${JSON.stringify(understand(module, situation, transcript), withoutBytes, 2)}\n`;
    const alike =
      suite !== REFERENCE &&
      butForNumbers(understood) === butForNumbers(kept(`${name}/transcripts/${REFERENCE}/${situation.name}`));
    if (alike)
      expect(existsSync(`${file}.state.json`), 'it is judged as on the reference: remove this file').toBe(false);
    else await expect(understood).toMatchFileSnapshot(`${file}.state.json`);
  });
});

/** The text of what is to be understood of a situation. */
function kept(place: string): string {
  return readFileSync(`${HERE}${place}.state.json`, 'utf8');
}

/** A text in which numbers and digests are alike: inodes, times, versions and the digest of a system's own file are another system's. */
function butForNumbers(text: string): string {
  return text.replace(/\b[0-9a-f]{16,}\b|\d+(\.\d+)?/g, '0');
}

/** What is known of each want, and what would be done. */
function understand(module: Module, situation: Situation, transcript: Transcript): readonly object[] {
  const probes = probesOf(module, situation);
  expect(
    transcript.probes.map(({ params, sha256 }) => ({ params, sha256 })),
    `the probe is another one than was recorded: npm run lab -- capture ${module.name}`,
  ).toEqual(probes.map(({ params, script }) => ({ params, sha256: digest(script) })));
  return probes.flatMap(({ params, wants }, index): readonly object[] => {
    const probed = transcript.probes[index];
    if (!probed) throw new Error('a probe has no answer');
    const states = parsed(module, recordedOutput(probed), wants);
    if (typeof states === 'string') return [{ want: params, error: states }];
    return states.map((state, at) => ({ want: params[at], ...verdict(module, state, wants[at]) }));
  });
}

function parsed(module: Module, ...[out, wants]: Parameters<Module['parse']>): readonly unknown[] | string {
  try {
    return module.parse(out, wants);
  } catch (error) {
    return String(error);
  }
}

function verdict(module: Module, state: unknown, want: unknown): object {
  if (!(state instanceof Missing)) return { state, ...planned(module, state, want) };
  const { needs, failure, fresh, without } = state;
  return {
    needs,
    failure,
    ...(without && { state: without.state, ...planned(module, without.state, want) }),
    ...(fresh !== undefined && { fresh: { state: fresh, ...planned(module, fresh, want) } }),
  };
}

function planned(module: Module, state: unknown, want: unknown): object {
  const plan = module.plan(state, want);
  expect(compact(module.plan(state, want)), 'plan is pure').toEqual(compact(plan));
  const { failure, past } = plan;
  const result = past ? { ...plan.result, ...past } : plan.result;
  if (module.results && result)
    expect(undeclared(module.results, result), 'results as the module declares them').toEqual([]);
  // The steps are held by each module's own table.
  return { changes: compact(plan).filter((line) => !line.startsWith(' ')), failure, result };
}

/** What of a result isn't as its module says. */
function undeclared(results: TSchema, result: ValueMap): readonly string[] {
  const { validate } = compileParams(results);
  const { rc, stdout, stderr, truncated, truncated_fields, ...own } = result; // of every task
  // What only comes with a change has no type yet.
  const known = JSON.stringify(own, (_, value: unknown) => (value instanceof Unknown ? undefined : value));
  if (validate(JSON.parse(known))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** Bytes are in the transcript; the texts here say as much. */
function withoutBytes(key: string, value: unknown): unknown {
  return key === 'stdoutBytes' ? undefined : value;
}
