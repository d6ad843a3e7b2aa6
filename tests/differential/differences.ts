// What a module announces to mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';
import { modules } from '../../modules/index.ts';

export function differencesOf(name: string): readonly Difference[] {
  return modules.find((module) => module.name === name)?.differences ?? [];
}
