// The runbook that meets the faults: it reads, writes, acts, waits, sends a large file and has a handler, and where it
// matters it rings the bell.
import { randomBytes } from 'node:crypto';

/** On the host: everything that the runbook makes. */
export const PLACE = '/opt/faults';

export const SETTINGS = `${'a line of settings\n'.repeat(500)}`;
export const LARGE = randomBytes(2 << 20);

export interface Variant {
  /** The pauses between the tasks, in seconds; without it there are none. */
  readonly pause?: number;
  /** Seconds that the acting task may take. */
  readonly timeout?: number;
}

export function runbook({ pause, timeout }: Variant = {}): string {
  const wait = (name: string) =>
    pause === undefined ? '' : `    - name: ${name}\n      pause: { seconds: ${pause} }\n`;
  const limit = timeout === undefined ? '' : `      timeout: ${timeout}\n`;
  return `
- name: Faults
  hosts: all
  become: true
  tasks:
    - name: Look
      command: { argv: [ring, reading] }
      read_only: true
    - name: Settings
      copy: { dest: ${PLACE}/settings, src: settings, mode: "0600", validate: ring writing %s }
      notify: [Restart, Close]
${wait('Between')}\
    - name: Act
      shell: { cmd: "echo begun >>${PLACE}/log; ring acting; echo ended >>${PLACE}/log; touch ${PLACE}/done", creates: ${PLACE}/done }
${limit}\
    - name: Large
      copy: { dest: ${PLACE}/large, src: large }
    - name: Last
      file: { path: ${PLACE}/last, state: directory }
  handlers:
    - name: Close
      ${pause === undefined ? 'debug: { msg: closing }' : `pause: { seconds: ${pause} }`}
    - name: Restart
      shell: { cmd: "ring handling; echo restarted >>${PLACE}/log" }
`;
}
