// The one table of what differs from Ansible and is meant so. Each module's page, lint's hint for a parameter that isn't
// there, docs/from-ansible.md and the differential test (tests/differential) are made from it.
import type { Difference } from '../engine/module/difference.ts';
import { ACCOUNTS } from './differences/accounts.ts';
import { COMMANDS } from './differences/commands.ts';
import { FETCHING } from './differences/fetching.ts';
import { FILES } from './differences/files.ts';
import { SERVICES } from './differences/services.ts';
import { SETTINGS } from './differences/settings.ts';
import { TEXT_FILES } from './differences/text-files.ts';

export { EVERYWHERE } from './differences/everywhere.ts';

/** By the module's name here. */
export const DIFFERENCES: Readonly<Record<string, readonly Difference[]>> = {
  ...SERVICES,
  ...ACCOUNTS,
  ...SETTINGS,
  ...COMMANDS,
  ...FILES,
  ...FETCHING,
  ...TEXT_FILES,
};
