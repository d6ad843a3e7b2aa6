// What needs no host: starting, and checking a large runbook.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeRunbook } from './runbook.js';

/** @type {import('../runner.js').Scene} */
export const start = { prepare: async () => ({ command: ['--version'] }) };

/** @type {import('../runner.js').Scene} */
export const lint = {
  async prepare({ directory }) {
    const runbook = await writeRunbook(directory, {
      become: true,
      defaults: { domain: 'vantus.example', port: 3005 },
      tasks: Array.from({ length: 250 }, (_, index) => tasksOf(index)).flat(),
    });
    const inventory = join(directory, 'hundred.yml');
    const hosts = Array.from({ length: 100 }, (_, index) => [
      `web${index}.example`,
      { ansible_host: `192.0.2.${index}`, ansible_user: 'ops', rack: index % 7, role: index % 2 ? 'front' : 'back' },
    ]);
    await writeFile(inventory, stringify({ web: { hosts: Object.fromEntries(hosts) } }));
    return { command: ['lint', runbook, '-i', inventory], documents: [runbook, inventory] };
  },
};

/** Four tasks such as runbooks have. */
function tasksOf(/** @type {number} */ index) {
  const path = `/srv/app${index}`;
  return [
    { name: `Directory ${index}`, file: { path, state: 'directory', owner: 'root', group: 'root', mode: '0755' } },
    {
      name: `Settings ${index}`,
      copy: {
        content: `DOMAIN={{ domain }}\nPORT={{ port }}\nRACK={{ rack }}\n`,
        dest: `${path}/settings`,
        mode: '0640',
      },
      when: "role == 'front'",
    },
    {
      name: `Version ${index}`,
      command: { argv: ['cat', `${path}/version`] },
      read_only: true,
      register: `version${index}`,
    },
    {
      name: `Job ${index}`,
      cron: { name: `job ${index}`, user: 'root', minute: `${index % 60}`, job: `test -e ${path}/settings` },
      when: `version${index}.stdout != ''`,
    },
  ];
}
