import { laws } from '../../law/law.ts';

laws('group', [
  {
    title: 'one with a number, one without, one that goes',
    tasks: `
- name: Numbered
  group: { name: vantus, gid: 4500 }
- name: System
  group: { name: vantus-sys, system: true }
- name: Old
  group: { name: vantus-old, state: absent }
`,
    situations: [
      { title: 'from absent', changed: ['Numbered', 'System'] },
      { title: 'from drifted', given: 'groupmod -g 4600 vantus; groupadd vantus-old', changed: ['Numbered', 'Old'] },
      { title: 'from removed', given: 'groupdel vantus-sys', changed: ['System'] },
    ],
    observe: `getent group vantus vantus-old; getent group vantus-sys | awk -F: '{ print $1, ($3 < 1000) }'`,
    observed: 'vantus:x:4500:\nvantus-sys 1\n',
  },
]);
