// The one table of what differs from Ansible and is meant so. Each module's page, lint's hint for a parameter that isn't
// there, docs/from-ansible.md and the differential test (tests/differential) are made from it.
import type { Difference } from '../engine/module/difference.ts';

/** By the module's name here. */
export const DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  apt: [],
};
