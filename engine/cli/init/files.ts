// What a new project begins with: enough to run as it is, on this machine alone and without root.

/** Paths below the project, and what is in them. */
export const PROJECT_FILES: Readonly<Record<string, string>> = {
  'vrun.yml': `# What every run in this project shares. Its record lies beside this file, in .vrun/.
inventory: inventory/hosts.yml
# forks: 50
# signer: agent
`,

  'inventory/hosts.yml': `# Your servers. To begin with, this machine plays one.
web:
  hosts:
    localhost: { connection: local }
    # web1: { host: web1.example.com, user: admin }
  vars:
    greeting: Hello
`,

  'runbooks/site.yml': `# What shall hold on the servers. \`vrun doc\` lists the modules.
- name: Site
  hosts: web
  # become: true
  defaults:
    directory: "{{ playbook_dir }}/site"
  tasks:
    - name: Directory of the site
      file: { path: "{{ directory }}", state: directory, mode: "0755" }
      checklist: Files

    - name: Page
      template: { src: index.html.hbs, dest: "{{ directory }}/index.html", mode: "0644" }
      notify: Tell of it
      checklist: Files

    - name: The page can be read
      command: { argv: [grep, -q, "{{ inventory_hostname }}", "{{ directory }}/index.html"] }
      read_only: true
      checklist: Check

  handlers:
    - name: Tell of it
      debug: { msg: "A new page is in {{ directory }}" }
`,

  'templates/index.html.hbs': `<!doctype html>
<title>{{ greeting }}</title>
<p>{{ greeting }} from {{ inventory_hostname }}.</p>
`,
};

/** What git must not have: private keys with the record, which is passed on in other ways; and what npm installs. */
export const IGNORED = ['.vrun/', 'node_modules/'];
