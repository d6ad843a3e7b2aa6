import { laws } from '../../law/law.ts';
import { REGISTRY, REGISTRY_READY } from './situations.ts';

const LISTED = 'ls -A /usr/lib/node_modules; tool 2>&1';

laws('packages of npm for all of a host', [
  {
    title: 'a version',
    tasks: `- name: Tool\n  npm: { name: tool, version: 1.0.0, global: true, registry: "${REGISTRY}" }`,
    situations: [
      { title: 'from absent', given: REGISTRY_READY, changed: ['Tool'] },
      {
        title: 'from another version',
        given: `npm install --global --loglevel=error --registry=${REGISTRY} tool@2.0.0 >/dev/null`,
        changed: ['Tool'],
      },
    ],
    observe: LISTED,
    observed: 'npm\ntool\n1.0.0\n',
  },
  {
    title: 'a range: what fits is enough',
    tasks: '- name: Tool\n  npm: { name: tool, version: ^1.0, global: true }',
    situations: [{ title: 'from one that fits', changed: [] }],
    observe: LISTED,
    observed: 'npm\ntool\n1.0.0\n',
  },
  {
    title: 'the latest',
    tasks: `- name: Tool\n  npm: { name: tool, state: latest, global: true, registry: "${REGISTRY}" }`,
    situations: [{ title: 'from an older one', changed: ['Tool'] }],
    observe: LISTED,
    observed: 'npm\ntool\n2.0.0\n',
  },
  {
    title: 'gone',
    tasks: '- name: Tool\n  npm: { name: tool, state: absent, global: true }',
    situations: [{ title: 'from there', changed: ['Tool'] }],
    observe: 'ls -A /usr/lib/node_modules; ls /usr/bin/tool 2>&1',
    observed: "npm\nls: cannot access '/usr/bin/tool': No such file or directory\n",
  },
  {
    title: 'below the prefix of a user',
    tasks: `
- name: By the module
  npm: { name: "@s/tool", global: true, user: app, registry: "${REGISTRY}" }
- name: As the user
  become_user: app
  npm: { name: tool, global: true, registry: "${REGISTRY}" }`,
    situations: [{ title: 'from absent', changed: ['By the module', 'As the user'] }],
    observe:
      'cd /home/app/.local/lib/node_modules 2>&1 && stat -c "%n %U" tool @s/tool && cat @s/tool/by; ls -A /usr/lib/node_modules',
    observed: 'tool app\n@s/tool app\napp\nnpm\n',
  },
]);
