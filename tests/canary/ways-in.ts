// Every way in which a secret comes into a run, and the same ways malformed.
import { CANARY, type CanaryProject, WORD } from './canary.ts';

export interface WayIn {
  readonly title: string;
  /** Lines of the play, below its hosts. */
  readonly play?: (project: CanaryProject) => Promise<string> | string;
  /** Makes files; gives further words of the command line. */
  readonly given?: (project: CanaryProject) => Promise<readonly string[]> | readonly string[];
  /** Variables of the host, in YAML. */
  readonly host?: (project: CanaryProject) => Promise<string> | string;
}

const JSON_CANARY = JSON.stringify(CANARY);
const DECLARED = 'params: { word: { type: string, secret: true } }';

/** In each the variable `word` is the canary. */
export const WAYS_IN: readonly WayIn[] = [
  { title: '!secret of a host', host: async (project) => `word: ${await project.secret(CANARY, '      ')}` },
  { title: '!secret of the play', play: async (project) => `vars:\n    word: ${await project.secret(CANARY, '    ')}` },
  {
    title: '!secret in vars_files',
    play: () => 'vars_files: [more.yml]',
    given: async (project) => {
      project.write('more.yml', `word: ${await project.secret(CANARY, '')}\n`);
      return [];
    },
  },
  {
    title: '!secret in group_vars',
    given: async (project) => {
      project.write('group_vars/all.yml', `word: ${await project.secret(CANARY, '')}\n`);
      return [];
    },
  },
  {
    title: '!secret in -e @file',
    given: async (project) => {
      project.write('extra.yml', `word: ${await project.secret(CANARY, '')}\n`);
      return ['-e', '@extra.yml'];
    },
  },
  {
    title: '-e k=v of a secret input',
    play: () => DECLARED,
    given: () => ['-e', `word="${CANARY.replace(/["\\]/g, '\\$&')}"`],
  },
  { title: '-e JSON of a secret input', play: () => DECLARED, given: () => ['-e', `{"word": ${JSON_CANARY}}`] },
  {
    title: '-e @file of a secret input',
    play: () => DECLARED,
    given: (project) => {
      project.write('extra.json', `{"word": ${JSON_CANARY}}`);
      return ['-e', '@extra.json'];
    },
  },
  { title: 'the default of a secret input', play: () => DECLARED.replace(' }', `, default: ${JSON_CANARY} }`) },
  { title: 'a secret input in the inventory', play: () => DECLARED, host: () => `word: ${JSON_CANARY}` },
  { title: 'a secret input in vars', play: () => `${DECLARED}\n  vars: { word: ${JSON_CANARY} }` },
  {
    title: 'a secret input in vars_files',
    play: () => `${DECLARED}\n  vars_files: [more.yml]`,
    given: (project) => {
      project.write('more.yml', `word: ${JSON_CANARY}\n`);
      return [];
    },
  },
  {
    title: 'a secret made of another one',
    host: async (project) => `bird: ${await project.secret(CANARY, '      ')}\n      word: "{{ bird }}"`,
  },
  {
    title: 'the password of sudo in the inventory, which the play takes for another one too',
    play: () => `${DECLARED}\n  vars: { word: "{{ ansible_become_password }}" }`,
    host: () => `ansible_become_password: ${JSON_CANARY}`,
  },
];

/** The same for the machine that vrun runs on, which needn't be in the inventory. */
export const LOCALHOST: WayIn = {
  title: '!secret of a host that is in no inventory',
  given: async (project) => {
    project.write('host_vars/localhost.yml', `word: ${await project.secret(CANARY, '')}\n`);
    return [];
  },
};

/** Files, and words of the command line after `site.yml -i hosts`. In all of them something is wrong. */
export interface Malformed {
  readonly title: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

const EXTRA: readonly string[] = [
  `{"word": "${WORD}"`,
  `{"word": "${WORD}",, }`,
  `{word: ${WORD}: x}`,
  `{"word": "${WORD}}`,
  `{'word': '${WORD}}`,
  `{"word": "x", "word": "${WORD}"}`,
  `["${WORD}"]`,
  `{"word": !foo "${WORD}"}`,
  `{"word": ["${WORD}"]}`,
  `{"word": {"${WORD}": 1}}`,
  `{"word":\n\t"${WORD}": 1}`,
  `{"word": !secret "${WORD}"}`,
  `{"item": "${WORD}"}`,
  `{"word": *${WORD}}`,
  `{"word": &${WORD} }`,
  `{"word" "${WORD}"}`,
  `{"word": "\\x${WORD}"}`,
  `{"word": @${WORD}}`,
  `{"word": ${WORD}\u0007}`,
  `word = ${WORD}`,
  `word='${WORD}`,
  `word=a ${WORD}`,
  `${WORD}`,
  `item=${WORD}`,
  `--${WORD}`,
];

const VARIABLES: readonly string[] = [
  `word: "${WORD}\nx: 1\n`,
  `word: '${WORD}\nx: 1\n`,
  `word: ${WORD}: 1\n`,
  `word: !secret ${WORD}\n`,
  `word: !secret |\n  ${WORD}\n`,
  `word: !secret |\n${WORD}\n`,
  `word: !secret\n${WORD}\n`,
  `word: !secret [${WORD}]\n`,
  `word: !secret {a: ${WORD}}\n`,
  `word: !secert ${WORD}\n`,
  `word: ! secret ${WORD}\n`,
  `word: !secret |\n  -----BEGIN AGE ENCRYPTED FILE-----\n  ${WORD}\n  -----END AGE ENCRYPTED FILE-----\n`,
  `word:\n\t${WORD}\n`,
  `word: {{ ${WORD} }}\n`,
  `- ${WORD}\n`,
  `${WORD}\n`,
  `word: *${WORD}\n`,
  `word: 1\nword: ${WORD}\n`,
  `word: [${WORD}\n`,
  `word: |\n ${WORD}\n  x\n x: y: z\n`,
  `word: ${WORD}\u0001\n`,
  `word: ${WORD}\n---\nx: 1\n`,
  `word: "{{#if ${WORD}"\n`,
  `db_password: "{{ ${WORD} | b64encode }}"\n`,
  `word: @${WORD}\n`,
  `word: %${WORD}\n`,
  `a b: ${WORD}\n  c: d\n`,
  `$ANSIBLE_VAULT;1.1;AES256\n${WORD}\n`,
];

const HOST_LINES: readonly string[] = [
  `h1 ansible_connection=local ansible_become_password="${WORD}`,
  `h1 ansible_connection=local ansible_become_password=${WORD} x`,
  `h1 ansible_connection=local ansible_password=${WORD}`,
  `h1 ansible_connection=local ansible_ssh_pass=${WORD}`,
  `h1 ansible_connection=local ansible_become_pass=${WORD}"`,
  `h1 ansible_connection=local ansible_become_password={{ ${WORD}`,
  `h1 ansible_connection=local db_password=!secret ${WORD}`,
  `h1 ansible_connection=local ansible_become_password = ${WORD}`,
  `[all:vars]\nansible_become_password ${WORD}\n[x]\nh1 ansible_connection=local`,
  `[all:vars]\nansible_become_password=${WORD} # mine\n[x]\nh1 ansible_connection=local`,
  `h1 ansible_connection=local ansible_host=http://u:${WORD}@h`,
  `h1 ansible_host=u:${WORD}@h`,
  `h1 ansible_host=127.0.0.1 jump=u:${WORD}@h`,
  `h1 ansible_host=127.0.0.1 ansible_ssh_common_args='-J u@g,u:${WORD}@h:22'`,
  `h1 ansible_host=127.0.0.1 ansible_ssh_common_args="-o ProxyCommand='sshpass -p ${WORD} ssh h'"`,
  `h1 ansible_host=127.0.0.1 ansible_ssh_common_args='-o Password=${WORD}'`,
  `h1 ansible_host=ssh://u:${WORD}@h:22`,
  `http://u:${WORD}@h ansible_connection=local`,
];

const YAML_HOSTS: readonly string[] = [
  `ansible_become_password: [${WORD}]`,
  `ansible_become_password: { a: ${WORD} }`,
  `db_password: ${WORD}: 1`,
  `db_password: "${WORD}`,
  `db_password: !secret |\n        ${WORD}`,
  `db_password: !secert ${WORD}`,
  `ansible_host: "http://u:${WORD}@h"`,
];

const PLAYS: readonly string[] = [
  `params: { word: { type: integer, secret: true, default: ${WORD} } }`,
  `params: { word: { type: string, secret: true, default: ${WORD}, enum: [a] } }`,
  `params: { word: { type: string, secret: true, defalt: ${WORD} } }`,
  `params:\n    word:\n      type: integer\n      secret: true\n      default: ${WORD}`,
  `params:\n    word:\n      default: ${WORD}\n      secret: true\n      enum: [a]`,
  `params: { word: { type: list, secret: true, default: [${WORD}] } }`,
  `params: { word: { type: string, secret: true } }\n  vars: { word: [${WORD}] }`,
  `vars:\n    db_password: ${WORD}: 1`,
  `vars:\n    db_password: "${WORD}`,
  `vars:\n    word: !secret ${WORD}`,
  `vars:\n    word: !secret |\n    ${WORD}`,
];

const TASKS: readonly string[] = [
  `http: { url: "http://u:${WORD}@127.0.0.1:9/" }`,
  `http: "https://${WORD}@127.0.0.1:9/"`,
  `http: { url: "http://u:${WORD}@ 127.0.0.1/" }`,
  `get-url: { url: "https://u:${WORD}@127.0.0.1:9/x", dest: /nowhere/x, checksum: "sha256:00" }`,
  `git: { repo: "https://u:${WORD}@127.0.0.1:9/x", dest: /nowhere/x, version: main }`,
  `git: { repo: "ssh://git:${WORD}@127.0.0.1:9/x", dest: /nowhere/x, version: main }`,
  `apt-repository: { name: x, uri: "https://u:${WORD}@127.0.0.1:9/", suites: x, signed_by: x.asc }`,
  `certbot: { domains: [x.example], email: a@b.example, agree_tos: true, webroot: /x, server: "https://u:${WORD}@h/" }`,
  `proof-verify: { url: "https://u:${WORD}@127.0.0.1:9/" }`,
  `user: { name: x, password: ${WORD} }`,
  `user: { name: x, password: ["${WORD}"] }`,
  `env-file: { path: /nowhere, values: { SMTP_PASS: ["${WORD}"] } }`,
  `env-file: { path: /nowhere, values: { SMTP_PASS: "${WORD}\\n" } }`,
  `copy: { dest: /nowhere, content: !secret ${WORD} }`,
  `{ command: { argv: [x] }, password: ${WORD} }`,
];

const site = (play: string, task = 'debug: { msg: hello }') =>
  `- hosts: all\n  ${play}\n  tasks:\n    - name: t\n      ${task}\n`;

export const MALFORMED: readonly Malformed[] = [
  ...EXTRA.map((text) => ({ title: `-e ${text}`, args: ['-e', text] })),
  ...VARIABLES.flatMap((text, index) => [
    { title: `vars_files ${text}`, files: { 'more.yml': text, 'site.yml': site('vars_files: [more.yml]') } },
    // Each by one of the other two ways as well, which share most of their code.
    index % 2 === 0
      ? { title: `-e @file ${text}`, files: { 'extra.yml': text }, args: ['-e', '@extra.yml'] }
      : { title: `group_vars ${text}`, files: { 'group_vars/all.yml': text } },
  ]),
  ...HOST_LINES.map((text) => ({ title: `host ${text}`, files: { hosts: `${text}\n` } })),
  ...YAML_HOSTS.map((text) => ({
    title: `host in YAML ${text}`,
    files: { hosts: `all:\n  hosts:\n    h1:\n      ansible_connection: local\n      ${text}\n` },
    args: ['-b'],
  })),
  ...PLAYS.map((text) => ({ title: `play ${text}`, files: { 'site.yml': site(text) } })),
  ...TASKS.map((text) => ({ title: `task ${text}`, files: { 'site.yml': site('order: inventory', text) } })),
  { title: 'an identity', files: { '.vrun/identity': `AGE-SECRET-KEY-${WORD}\n` } },
  { title: 'an identity that is named', files: { id: `${WORD}\n` }, variables: { VRUN_IDENTITY: 'id' } },
  { title: 'a signing key', files: { '.vrun/key': `-----BEGIN OPENSSH PRIVATE KEY-----\n${WORD}\n` } },
  { title: 'a signing key without ends', files: { '.vrun/key': `${WORD}\n` } },
  {
    title: 'a private key',
    files: { key: `${WORD}\n`, hosts: 'h1 ansible_host=127.0.0.1 ansible_port=9\n' },
    args: ['--private-key', 'key'],
  },
  { title: 'vrun.yml', files: { 'vrun.yml': `become_password: ${WORD}\n` } },
  { title: 'vrun.yml broken', files: { 'vrun.yml': `become_password: ${WORD}: x\n` } },
  {
    title: 'ssh_config',
    files: { '.ssh/config': `Password ${WORD}\n`, hosts: 'h1 ansible_host=127.0.0.1 ansible_port=9\n' },
  },
  { title: 'a script that prints no inventory', files: { hosts: `#!/bin/sh\necho '{ "db_password": "${WORD}"'\n` } },
];

export const PLAIN_SITE = site(DECLARED);
