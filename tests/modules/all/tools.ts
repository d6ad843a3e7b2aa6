// The programs of coreutils that scripts for hosts call, and with which options: read out of the scripts themselves.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Missing, type Module } from '../../../engine/module/index.ts';
import { prepareSteps } from '../../../engine/run/message/steps.ts';
import { modules } from '../../../modules/index.ts';
import { situations } from '../harness/situations.ts';
import { probesOf, recordedOutput, type Transcript } from '../harness/transcript.ts';

/** Those that no shell of a host has built in. */
const PROGRAMS = [
  ...['base64', 'basename', 'cat', 'chgrp', 'chmod', 'chown', 'cp', 'cut', 'date', 'dd', 'df', 'dirname', 'du', 'env'],
  ...[
    'expr',
    'head',
    'id',
    'install',
    'link',
    'ln',
    'ls',
    'md5sum',
    'mkdir',
    'mkfifo',
    'mknod',
    'mktemp',
    'mv',
    'nice',
  ],
  ...[
    'nl',
    'nohup',
    'nproc',
    'od',
    'paste',
    'pr',
    'readlink',
    'realpath',
    'rm',
    'rmdir',
    'seq',
    'sha1sum',
    'sha224sum',
  ],
  ...['sha256sum', 'sha384sum', 'sha512sum', 'shred', 'sleep', 'sort', 'split', 'stat', 'stty', 'sync', 'tac', 'tail'],
  ...[
    'tee',
    'timeout',
    'touch',
    'tr',
    'truncate',
    'tsort',
    'tty',
    'uname',
    'uniq',
    'unlink',
    'users',
    'wc',
    'who',
    'whoami',
  ],
];
/** What comes behind their own options are a program and its options. */
const RUNS_OTHERS = new Set(['env', 'nice', 'nohup', 'timeout']);
const CALL = new RegExp(
  `(?:^|[\\n;|&({!\`]|\\b(?:do|then|else|exec|if|while|sh|env|command)|-exec|xargs(?: -\\w+)*)[ \\t]*(${PROGRAMS.join('|')})(?=[ \\n;|)]|$)([^\\n;|&()<>]*)`,
  'g',
);

/** Words that are programs for Node.js call none of these. */
function withoutJavaScript(script: string): string {
  return script.replaceAll(/'(?:[^']|'\\'')*'/g, (word) => (/=>|\bfunction\b/.test(word) ? "''" : word));
}

/** `mv -T`, `sort` …: every program with each of its options, in order. Letters behind one hyphen are options of their own. */
export function callsIn(script: string): readonly string[] {
  return [...withoutJavaScript(script).matchAll(CALL)].flatMap(([, program = '', rest = '']) => {
    const words = rest.trim().split(/\s+/);
    const end = words.findIndex((word) => word === '--' || (RUNS_OTHERS.has(program) && /^[^-\d]/.test(word)));
    const options = words.slice(0, end === -1 ? undefined : end).flatMap((word) => {
      if (/^--[a-z]/.test(word)) return [word.replace(/=.*/, '')];
      const [, letters = ''] = /^-(A(?=n)|[A-Za-z]+)/.exec(word.replace(/\d+$/, '')) ?? [];
      return [...letters].map((letter) => `-${letter}`);
    });
    return [program, ...options.map((option) => `${program} ${option}`)];
  });
}

/** Every script that the modules make in the situations that transcripts were recorded in: probes, and steps with what takes them back. */
export function scriptsOfModules(recorded: (module: string, situation: string) => Transcript): readonly string[] {
  return modules.flatMap((module) =>
    (situations.get(module.name) ?? []).flatMap((situation) => {
      const transcript = recorded(module.name, situation.name);
      return probesOf(module, situation).flatMap(({ script, wants }, index) => {
        const probed = transcript.probes[index];
        const states = probed ? parsed(module, recordedOutput(probed), wants) : [];
        return [script, ...states.flatMap((state, at) => stepsOf(module, state, wants[at]))];
      });
    }),
  );
}

function parsed(module: Module, ...[out, wants]: Parameters<Module['parse']>): readonly unknown[] {
  try {
    return module.parse(out, wants);
  } catch {
    return []; // that, too, is a situation
  }
}

function stepsOf(module: Module, state: unknown, want: unknown): readonly string[] {
  const known = state instanceof Missing ? [state.fresh, state.without?.state] : [state];
  return known
    .filter((one) => one !== undefined)
    .flatMap((one) => module.plan(one, want).changes)
    .flatMap((change) => prepareSteps(change, undefined))
    .flatMap(({ frame, revert, cleanup }) => [frame.script, revert?.text ?? '', cleanup?.text ?? '']);
}

/** Every script that stands in the engine's own files, with holes where something is put in. */
export function scriptsOfEngine(): readonly string[] {
  const root = join(import.meta.dirname, '../../..');
  return ['engine', 'modules'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => {
        const text = readFileSync(join(root, folder, name), 'utf8');
        return [...text.matchAll(/\bsh`((?:[^`\\]|\\.)*)`/gs)].map(([, script = '']) =>
          script.replaceAll(/\$\{[^}]*\}/g, 'X'),
        );
      }),
  );
}
