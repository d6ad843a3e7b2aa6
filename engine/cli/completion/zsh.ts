// Completion for zsh, with what each word and option is for.
import { singleQuoted } from '../../base/shell-quote.ts';
import type { CompletedCommand, CompletedOption, CompletionChoice } from './tree.ts';

/** The file `_vrun` of a directory in `fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return `#compdef vrun
# Completion of vrun for zsh: vrun completion zsh
_vrun() {
  local at= word i
  local -a choices
  for ((i = 2; i < CURRENT; i++)); do
    word="\${at:+$at }\${words[i]}"
    case $word in
      (${paths.map(singleQuoted).join('|')}) at=$word ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    case $at in
${commands.map(({ path, options }) => `      (${singleQuoted(path)}) choices=(${options.flatMap(optionChoices).join(' ')}) ;;`).join('\n')}
    esac
    _describe -o option choices
    return
  fi
  case $at in
${commands.map(wordsCase).join('\n')}
  esac
  if ((\${#choices})) && { [[ -n $at ]] || ((CURRENT == 2)); }; then _describe word choices; fi
  _files
}
_vrun "$@"
`;
}

function valueCases({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ value, short, long }) => {
    if (value === undefined) return [];
    const flags = [...(short === undefined ? [] : [short]), long].map((name) => singleQuoted(`${path} ${name}`));
    const reply = value === 'any' ? '_files' : `compadd -- ${value.map(singleQuoted).join(' ')}`;
    return [`    (${flags.join('|')}) ${reply}; return ;;`];
  });
}

function wordsCase({ path, words }: CompletedCommand): string {
  return `    (${singleQuoted(path)}) choices=(${words.map(described).join(' ')}) ;;`;
}

function optionChoices({ short, long, description }: CompletedOption): string[] {
  return [...(short === undefined ? [] : [short]), long].map((word) => described({ word, description }));
}

/** For `_describe` a colon ends the word. */
function described({ word, description }: CompletionChoice): string {
  return singleQuoted(`${word.replaceAll(':', '\\:')}:${description}`);
}
