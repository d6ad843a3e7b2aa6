// The host's own name: the running one, and the one in /etc/hostname, hostname(5). As in Ansible /etc/hosts is left alone.

import { type Change, Content, defineModule, lines, type Step, sh, Type } from '../../engine/module/index.ts';
import { readSections } from '../../engine/module/sections.ts';
import { isMounted } from '../../engine/resources/file/refusal.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  name: 'hostname',
  summary: "Set the host's name",
  example: `
- name: Its name
  hostname: { name: web1 }

- name: A name that is not found in /etc/hosts makes sudo wait for DNS
  lineinfile: { path: /etc/hosts, regexp: '^127\\.0\\.1\\.1\\s', line: 127.0.1.1 web1 }
`,
  params: Type.Object({
    name: Type.String({
      maxLength: 64,
      pattern: '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$',
      description: 'The name, short or with its domain; /etc/hosts is a task of its own',
    }),
  }),
  freeForm: 'name',
  results: Type.Object({ name: Type.String({ description: 'The name that is wanted' }) }),
  manual: {
    reads: 'The running name, and /etc/hostname.',
    changes:
      'Both, the file atomically; if the running name can’t be set the file is put back. /etc/hosts is left alone.',
    dryRun: 'Everything.',
    needs: 'hostname(1).',
    tried: 'Debian 12: hostname 3.23.',
  },
  differences: DIFFERENCES,

  // A container's engine may have mounted /etc/hostname, so that no other file can take its place.
  probe: ({ name }) =>
    lines(
      sh`printf '@running\n'; uname -n`,
      sh`printf '@access\n'; if [ -w /etc/hostname ] || { [ ! -e /etc/hostname ] && [ -w /etc ]; }; then echo w; fi`,
      sh`h=; [ ! -f /etc/hostname ] || IFS= read -r h </etc/hostname; [ "$h" = ${name} ] || ! grep -qs ' /etc/hostname ' /proc/self/mounts || printf '@mounted\n'`,
      sh`printf '@static\n'; [ ! -f /etc/hostname ] || head -c 4096 /etc/hostname | base64`,
    ),
  parse: (out) => {
    const sections = readSections(out.stdout);
    const [running] = sections.get('running') ?? [];
    if (running === undefined || !sections.has('static'))
      throw new Error(`uname does not work here: ${out.stderr.trim()}`);
    const text = Buffer.from((sections.get('static') ?? []).join(''), 'base64').toString('utf8');
    const fixed = text.split('\n').find((row) => row.trim() !== '' && !row.startsWith('#'));
    const mounted = sections.has('mounted');
    return { running, fixed: fixed?.trim(), writable: sections.get('access')?.[0] === 'w', mounted };
  },

  looksAt: () => ['word:hostnamectl'],
  about: () => ['setting:hostname', 'path:/etc/hostname'],
  plan: (have, { name }) => {
    const result = { name };
    const steps: Step[] = [
      ...(have.fixed === name
        ? []
        : [{ write: { path: '/etc/hostname', content: Content.of(`${name}\n`) }, restore: true }]),
      ...(have.running === name ? [] : [{ run: sh`hostname ${name}` }]),
    ];
    if (steps.length === 0) return { changes: [], result };
    if (!have.writable) return { changes: [], failure: NOT_ROOT };
    if (have.mounted && have.fixed !== name) return { changes: [], failure: isMounted('/etc/hostname') };
    const from = have.running === name ? `${have.fixed ?? 'none'} in /etc/hostname` : have.running;
    const change: Change = { op: '~', what: 'host name', from, to: name, steps };
    return { changes: [change], result };
  },
});

const NOT_ROOT = {
  summary: "the host's name cannot be changed",
  detail: 'The user that the task runs as may not write /etc/hostname.',
  hint: 'Set `become: true` on the task.',
};
