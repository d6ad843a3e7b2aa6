// In what Ansible and vrun differ about an inventory, and which of it is meant.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../../engine/event/event.ts';
import { listInventory, listText } from '../../../engine/inventory/list.ts';
import { loadInventory } from '../../../engine/inventory/load.ts';
import type { Inventory } from '../../../engine/inventory/model/inventory.ts';
import { selectHosts } from '../../../engine/inventory/pattern/select.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import type { InventoryAnswer, Worker } from '../worker.ts';
import { ANNOUNCED } from './announced.ts';
import type { InventoryTrial } from './generate.ts';

type Read = Exclude<InventoryAnswer, { failed: string }>;

const THERE = '/run/differential/inventory';

export interface InventoryDifference {
  readonly what: 'refused' | 'value' | 'pattern';
  /** The problem's code, the place in the list, or the pattern. */
  readonly of: string;
  readonly vrun: Json;
  readonly ansible: Json;
  /** What Ansible warned of and then went on without. */
  readonly warnings: readonly string[];
  /** The key of what is meant so. */
  readonly announced?: string | undefined;
}

export async function tryInventory(worker: Worker, trial: InventoryTrial): Promise<readonly InventoryDifference[]> {
  const { files, sources, patterns } = trial;
  const theirs = await worker.inventory({ directory: THERE, files }, sources, patterns);
  const here = mkdtempSync(join(tmpdir(), 'vrun-inventory-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(here, path)), { recursive: true });
      writeFileSync(join(here, path), text);
      if (text.startsWith('#!')) chmodSync(join(here, path), 0o755);
    }
    const problems: Problem[] = [];
    const { signal } = new AbortController();
    const inventory = await loadInventory(sources, {
      cwd: here,
      problems,
      signal,
      secrets: secretOpener([], () => undefined),
    });
    const errors = problems.filter(({ severity }) => severity !== 'warning');
    if ('failed' in theirs) {
      if (errors.length > 0) return [];
      return [{ what: 'refused', of: '', vrun: 'read', ansible: theirs.failed, warnings: [] }];
    }
    const ours: Json = JSON.parse(listText(listInventory(inventory)));
    const differences =
      errors.length > 0
        ? errors.map((problem) => refused(problem, theirs))
        : [...valueDifferences(ours, theirs, ''), ...patternDifferences(inventory, trial, theirs)];
    return differences.map((one) => ({ ...one, announced: ANNOUNCED.find(({ is }) => is(one))?.key }));
  } finally {
    rmSync(here, { recursive: true });
  }
}

function refused({ code, summary, detail = '' }: Problem, { warnings }: Read): InventoryDifference {
  return { what: 'refused', of: code, vrun: `${summary}: ${detail}`, ansible: 'read', warnings };
}

function valueDifferences(ours: Json, { list, warnings }: Read, path: string): readonly InventoryDifference[] {
  const compare = (vrun: Json, ansible: Json, of: string): readonly InventoryDifference[] => {
    if (isMap(vrun) && isMap(ansible)) {
      const keys = new Set([...Object.keys(vrun), ...Object.keys(ansible)]);
      return [...keys].flatMap((key) => compare(vrun[key] ?? null, ansible[key] ?? null, `${of}/${key}`));
    }
    return isDeepStrictEqual(vrun, ansible) ? [] : [{ what: 'value', of, vrun, ansible, warnings }];
  };
  return compare(ours, list, path);
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function patternDifferences(inventory: Inventory, { patterns }: InventoryTrial, theirs: Read): InventoryDifference[] {
  return patterns.flatMap((pattern, index): InventoryDifference[] => {
    const { hosts = [], warnings = [] } = theirs.patterns[index] ?? {};
    const { hosts: selected, problems } = selectHosts(inventory, pattern);
    const told = problems.map(({ summary }) => summary).join('; ');
    if (problems.length > 0 && hosts.length === 0) return [];
    const vrun: Json = problems.length > 0 ? told : selected;
    return isDeepStrictEqual(vrun, hosts) ? [] : [{ what: 'pattern', of: pattern, vrun, ansible: hosts, warnings }];
  });
}

/** Differences that nobody has announced, for people. */
export function open(trial: InventoryTrial, differences: readonly InventoryDifference[]): readonly string[] {
  const left = differences.filter(({ announced }) => announced === undefined);
  const files = Object.entries(trial.files).map(([path, text]) => `# ${path}\n${text}`);
  return left.length === 0 ? [] : [[...left.map((one) => JSON.stringify(one)), ...files].join('\n')];
}
