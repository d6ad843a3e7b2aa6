// For tests: writes an inventory's files into a directory of their own and reads them.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Json, valueAsWritten } from '../../engine/inventory/list.ts';
import { type LoadContext, loadInventory } from '../../engine/inventory/load.ts';
import type { Inventory } from '../../engine/inventory/model/inventory.ts';
import type { Problem } from '../../engine/language/problem/problem.ts';
import { secretOpener } from '../../engine/language/yaml/age.ts';

export interface Loaded {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** `code file:line:column summary` of each problem; warnings are marked. */
  readonly told: readonly string[];
  /** Where the files were written. */
  readonly cwd: string;
}

/** Writes `files` (path → text; one that begins with `#!` is made executable) and loads `sources`. */
export async function load(
  files: Readonly<Record<string, string>>,
  sources: readonly string[] = Object.keys(files).slice(0, 1),
  context: Partial<LoadContext> = {},
): Promise<Loaded> {
  const cwd = mkdtempSync(join(tmpdir(), 'vrun-inventory-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(cwd, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (text.startsWith('#!')) chmodSync(path, 0o755);
  }
  const problems: Problem[] = [];
  const signal = new AbortController().signal;
  const inventory = await loadInventory(sources, {
    cwd,
    problems,
    signal,
    secrets: secretOpener([], () => undefined),
    ...context,
  });
  return { inventory, problems, told: problems.map(tell), cwd };
}

export function tell({ code, severity, at, summary }: Problem): string {
  const place = at ? `${at.file}:${at.line}:${at.column} ` : '';
  return `${severity === 'warning' ? 'warning ' : ''}${code} ${place}${summary}`;
}

/** A host's variables as written, those that every host has left out. */
export function variablesOf(inventory: Inventory, host: string): Readonly<Record<string, Json>> {
  const variables = [...(inventory.hosts.get(host)?.variables.values() ?? [])];
  const shown = variables.filter(({ name }) => name !== 'inventory_file' && name !== 'inventory_dir');
  return Object.fromEntries(shown.map(({ name, value }) => [name, valueAsWritten(value)]));
}
