// Runs a file of the controller on the host: it lies there only as long as it runs.

import {
  Content,
  defineModule,
  LocalCommand,
  lines,
  type Script,
  Secret,
  sh,
  Type,
} from '../../engine/module/index.ts';
import { commandManual, runsACommand } from '../../engine/resources/command/as-module.ts';
import { checkCommand, checkWords, commandParams } from '../../engine/resources/command/params.ts';
import { commandThings, planCommand, probeCommand, userCommand } from '../../engine/resources/command/user-command.ts';
import { baseName } from '../../engine/resources/file/path.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  ...runsACommand,
  name: 'script',
  summary: 'Run a script of the controller on the host',
  example: `
- name: The disk is prepared once
  script: { cmd: prepare-disk.sh --label data, creates: /srv/data }
`,
  params: Type.Object({
    argv: Type.Optional(
      LocalCommand({
        type: 'array',
        description: 'The file, sought in files/ beside the runbook, and its arguments, a word each',
      }),
    ),
    cmd: Type.Optional(
      LocalCommand({
        type: 'string',
        description: 'The same as one line, split into words at white space and quotes as a shell does',
      }),
    ),
    ...commandParams,
    executable: Type.Optional(
      Type.String({
        pattern: '^/[^\\u0000-\\u001f]*$',
        description: 'Absolute path of the program that reads the script; else its first line says (#!)',
      }),
    ),
  }),
  manual: {
    ...commandManual,
    changes: 'The file lies in a private directory while it runs; else whatever it does.',
    needs: 'What its first line or `executable` names, and mktemp.',
  },
  differences: DIFFERENCES,
  checkParams: (params) => [...checkWords(params), ...checkCommand(params)],

  prepare: ({ argv, cmd, executable, ...params }, traits) => {
    const command = argv ?? cmd ?? { words: [], file: undefined };
    const [name = '', ...words] = command.words;
    const content = command.file?.content ?? Content.of('');
    const stdin = joined(content, params.stdin);
    const named = runScript(sh`"$w"/${baseName(name)}`, { words, executable, size: params.stdin && content.size });
    // The record has the text of what ran: so it says which file that was.
    const run = lines(sh`: ${`${name} sha256:${content.sha256}`}`, named);
    const directory = command.file?.tree === undefined ? undefined : name;
    return {
      ...userCommand(command.words.join(' '), run, { ...params, stdin }, traits),
      directory,
      text: content.text(),
      program: executable ?? interpreterOf(content),
    };
  },
  probe: (want) => (want.directory === undefined ? probeCommand(want) : undefined),
  about: (given, want) => [
    ...commandThings(Array.isArray(given.argv) ? given.argv.join(' ') : given.cmd, given),
    ...commandThings(want?.text, given),
  ],
  plan: (have, want) => {
    if (want.directory === undefined) return planCommand(have, want);
    const hint = 'Name a file in it.';
    return { changes: [], failure: { summary: `${want.directory} is a directory, and no script`, hint } };
  },
});

/** What the first line names, execve(2): a path, or a name behind env(1). Every host has /bin/sh. */
function interpreterOf(content: Content): string | undefined {
  const [, path, word] =
    /^#![ \t]*(\/\S+)(?:[ \t]+(\S+))?/.exec(content.bytes().subarray(0, 256).toString('utf8')) ?? [];
  if (path === '/usr/bin/env' || path === '/bin/env') return word === undefined || /^-|=/.test(word) ? undefined : word;
  return path === '/bin/sh' ? undefined : path;
}

interface Arguments {
  readonly words: readonly string[];
  readonly executable: string | undefined;
  /** Bytes of the script, where its own standard input comes behind it. */
  readonly size: number | undefined;
}

/** Its name is kept, since a script may look at it; its standard input is gone from the disk before it starts. */
function runScript(file: Script, { words, executable, size }: Arguments): Script {
  const read =
    size === undefined
      ? sh`cat >${file} && exec </dev/null || exit`
      : sh`cat >"$w/.all" && head -c ${size} "$w/.all" >${file} && tail -c ${`+${size + 1}`} "$w/.all" >"$w/.in" && exec <"$w/.in" && rm -f "$w/.all" "$w/.in" || exit`;
  const program = executable === undefined ? file : sh`${executable} ${file}`;
  return lines(
    sh`umask 077; w=$(mktemp -d "\${TMPDIR:-/tmp}/.vrun-XXXXXX") || exit; trap 'rm -rf "$w"' EXIT; trap 'exit 129' HUP INT TERM PIPE`,
    read,
    sh`chmod 0700 ${file} && umask 022 || exit`,
    sh`${program} ${words}`,
    sh`exit $?`,
  );
}

/** The script and behind it what it reads: one standard input for both. */
function joined(script: Content, stdin: Content | undefined): Content {
  if (stdin === undefined) return script;
  const bytes = Buffer.concat([script.bytes(), stdin.bytes()]);
  return Content.of(stdin.secret ? new Secret('stdin', bytes.toString('utf8')) : bytes);
}
