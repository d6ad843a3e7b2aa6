// Which module a key means: our name, Ansible's spelling of it, or one that is documented and not here yet.
import type { ModuleCatalog } from '../runbook/catalog.ts';

/** Collections of Ansible's whose modules are known here by their short name. */
const COLLECTION = /^(ansible\.(builtin|legacy|posix)|community\.[a-z0-9_]+)\./;

/** Modules of the documented language, whether this build has them or not. */
const DOCUMENTED = new Set(
  `file copy template lineinfile blockinfile sync unarchive get-url fetch stat apt apt-repository git npm user group
  authorized-key command shell script systemd cron sysctl hostname timezone reboot wait-for pause ufw nginx certbot
  env-file release prisma-migrate proof-verify http assert fail debug set-fact meta`.split(/\s+/),
);

/** `ansible.builtin.set_fact` → `set-fact`. A name that the catalog has as it is stays as it is. */
export function plainModuleName(key: string, catalog: ModuleCatalog): string {
  if (catalog.get(key)) return key;
  return stripCollection(key).replaceAll('_', '-');
}

/** A keyword may be written with Ansible's collection too: `ansible.builtin.include_tasks`. */
export function stripCollection(key: string): string {
  return key.replace(COLLECTION, '');
}

/** True for a module that language and docs name and the catalog lacks. */
export function isDocumentedModule(name: string): boolean {
  return DOCUMENTED.has(name);
}
