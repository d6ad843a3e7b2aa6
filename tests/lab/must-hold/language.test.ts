// Every keyword that a deployment uses, on real hosts: what it says holds, and when nothing is to be done it costs one message.
import { afterAll, expect, test } from 'vitest';
import { describeLab } from '../describe-lab.ts';
import { exec } from '../lab-api.js';
import { lent } from '../lent.ts';
import { LabProject } from './project.ts';

const site = `- name: Everything
  hosts: all
  become: true
  serial: [1, 100%]
  order: inventory
  vars_files: settings.yml
  environment: { STAGE: "{{ stage }}" }
  module_defaults: { file: { mode: "0750" } }
  params: { owner: { type: string, default: root } }
  tasks:
    - name: Base
      file: { path: /srv/language, state: directory, owner: "{{ owner }}" }
      checklist: Base
    - name: Guarded
      when: facts.os.family == 'debian'
      tags: [parts]
      vars: { part: "{{ stage }}" }
      block:
        - include_tasks: parts.yml
          loop: "{{ parts }}"
          loop_control: { loop_var: name }
          tags: [included]
        - name: Nested
          become_user: www-data
          block:
            - { name: Reads as another, command: { argv: [id, -un] }, read_only: true, register: who }
            - { name: Another it was, assert: { that: who.stdout == 'www-data' } }
      rescue:
        - { name: Rescued, file: { path: /srv/language/rescued, state: touch } }
      always:
        - { name: Always, file: { path: /srv/language/always, state: directory } }
    - name: Once
      command: { argv: [sh, -c, 'test "$STAGE" = lab'] }
      read_only: true
      run_once: true
    - name: At the first host
      file: { path: "/srv/language-{{ inventory_hostname }}", state: directory }
      delegate_to: "{{ groups.all.[0] }}"
      throttle: 1
    - name: On the controller
      stat: { path: "{{ playbook_dir }}/settings.yml" }
      become: false
      delegate_to: localhost
      register: here
    - { name: There it is, assert: { that: here.stat.exists } }
    - { name: Never, fail: { msg: no }, tags: [never] }
  handlers:
    - { name: Restarted, include_tasks: restart.yml }
`;

describeLab('a runbook of all that the language has', () => {
  const project = new LabProject({
    'site.yml': site,
    'settings.yml': 'stage: lab\nparts: [one, two]\n',
    'parts.yml': `- name: Part {{ name }}
  copy: { dest: "/srv/language/{{ name }}", content: "{{ part }} {{ name }}\\n", mode: "0640" }
  notify: Restarted
`,
    'restart.yml': '- { name: Restart, shell: { cmd: echo restarted >>/srv/language/log } }\n',
  });
  const lab = lent(2);
  afterAll(() => {
    project.remove();
  });

  test('makes what it says, a batch at a time', async () => {
    const run = await project.json('site.yml', '-i', lab.inventory);
    expect(run.status).toBe(0);
    expect(run.events.flatMap((event) => (event.type === 'batch.started' ? [event.hosts] : []))).toEqual(
      lab.hosts.map((host) => [host]),
    );
    const [first = '', second = ''] = lab.hosts;
    for (const host of lab.hosts) {
      const made = await exec(host, 'cd /srv/language; cat one two log; stat -c %a . one always; ls');
      expect(made.stdout).toBe('lab one\nlab two\nrestarted\n750\n640\n750\nalways\nlog\none\ntwo\n');
    }
    expect((await exec(first, 'ls -d /srv/language-*')).stdout).toBe(
      lab.hosts
        .map((host) => `/srv/language-${host}\n`)
        .toSorted()
        .join(''),
    );
    expect((await exec(second, 'ls -d /srv/language-* 2>/dev/null')).stdout).toBe('');
  });

  test('done once more it is one message to each, also in a dry run', async () => {
    for (const mode of [[], ['--check', '--detailed-exitcode']]) {
      const run = await project.json('site.yml', '-i', lab.inventory, ...mode);
      expect(run.status).toBe(0);
      for (const host of lab.hosts) expect(run.totals(host)).toMatchObject({ changed: 0, unknown: 0, failed: 0 });
      // The first host reads for itself, and once more when the other's batch comes to it.
      expect(run.totals(lab.hosts[1] ?? '').messages).toBe(1);
      expect(run.totals(lab.hosts[0] ?? '').messages).toBe(2);
    }
    const alone = await project.json('site.yml', '-i', lab.inventory, '-l', lab.hosts[0] ?? '');
    expect(alone.totals(lab.hosts[0] ?? '')).toMatchObject({ changed: 0, messages: 1 });
  });

  test('tags and --start-at-task choose from it', async () => {
    const tagged = await project.json('site.yml', '-i', lab.inventory, '-t', 'included', '-l', lab.hosts[0] ?? '');
    expect(tagged.named(lab.hosts[0] ?? '', 'ok')).toEqual(['Part one', 'Part two']);
    const late = await project.json(
      'site.yml',
      '-i',
      lab.inventory,
      '--start-at-task',
      'There*',
      '-l',
      lab.hosts[0] ?? '',
    );
    expect(late.status).toBe(1);
    const once = await project.json(
      'site.yml',
      '-i',
      lab.inventory,
      '--start-at-task',
      'On the*',
      '-l',
      lab.hosts[0] ?? '',
    );
    expect(once.named(lab.hosts[0] ?? '', 'ok')).toEqual(['On the controller', 'There it is']);
  });

  test('what goes wrong is rescued, and the canary keeps the others from it', async () => {
    await exec(lab.hosts[0] ?? '', 'rm -r /srv/language/one; mkdir /srv/language/one');
    const rescued = await project.json('site.yml', '-i', lab.inventory);
    expect(rescued.status).toBe(0);
    expect(rescued.totals(lab.hosts[0] ?? '')).toMatchObject({ failed: 0, rescued: 1 });
    expect(rescued.named(lab.hosts[0] ?? '', 'changed')).toContain('Rescued');
    project.write('broken.yml', site.replace('owner: "{{ owner }}"', 'owner: nobody-there'));
    const stopped = await project.json('broken.yml', '-i', lab.inventory);
    expect(stopped.status).toBe(2);
    expect(stopped.events.find((event) => event.type === 'play.stopped')).toMatchObject({
      failed: [lab.hosts[0]],
      untouched: [lab.hosts[1]],
    });
    expect(stopped.totals(lab.hosts[1] ?? '')).toMatchObject({ ok: 0, messages: 0 });
  });
});
