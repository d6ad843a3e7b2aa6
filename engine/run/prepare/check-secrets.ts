// The check before the first connection that no task of a run would show a secret, on any of its hosts.
import { findHost, type Host, type Inventory } from '../../inventory/model/inventory.ts';
import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { distinctProblems, type Problem } from '../../language/problem/problem.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import { Unknown } from '../../language/value/value.ts';
import type { Registry } from '../../module/registry.ts';
import { hostVariables } from '../host/hosts.ts';
import { HostVariables } from '../host/variables.ts';
import type { PlayFiles } from '../plan/play-files.ts';
import { secretPlaces } from './secret-places.ts';
import { taintOf } from './tainted.ts';

export interface SecretCheck {
  /** Undefined where a runbook is looked at by itself. */
  readonly inventory: Inventory | undefined;
  readonly hosts: ReadonlyMap<Play, readonly string[]>;
  readonly extra: ReadonlyMap<string, Dynamic>;
  readonly files: PlayFiles;
  readonly registry: Registry;
}

/** The secrets of plays that stand where they would be seen. */
export function checkSecrets(plays: readonly Play[], check: SecretCheck): readonly Problem[] {
  const { inventory, extra, files, registry } = check;
  const run = { id: new Unknown('later', 'the run itself') };
  const known = inventory && hostVariables(inventory, [...inventory.hosts.keys()], { extra, run, files });
  const nobody: Host = { name: '', groups: [], variables: new Map(), history: new Map() };
  const somebody = new HostVariables(nobody, { extra, run, files, groups: {}, hostvars: {} });
  const problems = plays.flatMap((play) => {
    const names = inventory ? (check.hosts.get(play) ?? []) : [];
    const theirs = names.flatMap((name) => [...((inventory && findHost(inventory, name)?.variables) ?? [])]);
    const others = [...extra, ...theirs.map(([name, { value }]) => [name, value] as const)];
    const places = { play, registry, mayHold: taintOf(play, { files: files.all(play), others }) };
    if (!inventory) return secretPlaces(somebody, false, places);
    return names.flatMap((name) => {
      const host = known?.get(name) ?? hostVariables(inventory, [name], { extra, run, files }).get(name);
      return host ? secretPlaces(host, true, places) : [];
    });
  });
  return distinctProblems(problems);
}
