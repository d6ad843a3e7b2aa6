// What the real Ansible made of texts: `record-ansible-cases.py` wrote the cases.
import { readFileSync } from 'node:fs';
import type { Params } from './bind.ts';

export interface AnsibleCase {
  readonly text: string;
  readonly params: Params;
  /** The text once Ansible found nothing more to do; undefined where it failed. */
  readonly after?: string;
  /** Why it failed: `never settles` where it found something at every run. */
  readonly failed?: string;
}

export function ansibleCases(module: 'lineinfile' | 'blockinfile' | 'replace'): readonly AnsibleCase[] {
  return JSON.parse(readFileSync(new URL(`../${module}/ansible.json`, import.meta.url), 'utf8'));
}
