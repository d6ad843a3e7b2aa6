// Completion for bash 4 and newer, without the package bash-completion.
import { singleQuoted } from '../../base/shell-quote.ts';
import type { CompletedCommand, CompletedOption } from './tree.ts';

/** The script that `source` or bash-completion's directory takes. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return `# Completion of vrun for bash: vrun completion bash
_vrun() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path= word words= options= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${path:+$path }\${COMP_WORDS[i]}"
    case $word in
      ${paths.map(singleQuoted).join('|')}) path=$word ;;
    esac
  done
  case "$path $prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case $path in
${commands.map(commandCase).join('\n')}
  esac
  case $cur in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
    *) [ -n "$path" ] || [ "$COMP_CWORD" = 1 ] || words=
       mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
  esac
}
complete -o bashdefault -o default -F _vrun vrun
`;
}

/** Behind an option that takes a value: its choices, or what bash does by itself, which is files. */
function valueCases({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ value, ...option }) => {
    if (value === undefined) return [];
    const flags = namesOf(option).map((name) => singleQuoted(`${path} ${name}`));
    const reply =
      value === 'any'
        ? 'COMPREPLY=()'
        : `mapfile -t COMPREPLY < <(compgen -W ${singleQuoted(value.join(' '))} -- "$cur")`;
    return [`    ${flags.join('|')}) ${reply}; return ;;`];
  });
}

function commandCase({ path, words, options }: CompletedCommand): string {
  const names = options.flatMap(namesOf).join(' ');
  return `    ${singleQuoted(path)}) words=${singleQuoted(words.map(({ word }) => word).join(' '))} options=${singleQuoted(names)} ;;`;
}

function namesOf({ short, long }: Pick<CompletedOption, 'short' | 'long'>): string[] {
  return short === undefined ? [long] : [short, long];
}
