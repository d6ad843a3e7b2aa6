// The text of a YAML or JSON file of an inventory → nodes.
import type { SourceText } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import { readYaml, type YamlNode } from '../../language/yaml/yaml.ts';

/**
 * Reads YAML 1.1 as PyYAML does, and JSON as JSON: the number 1e5 would be text in YAML 1.1. Undefined when there is
 * nothing in the file, or nothing can be made of it (then there are Problems).
 */
export function readData(source: SourceText, problems: Problem[]): YamlNode | undefined {
  if (source.text.startsWith('$ANSIBLE_VAULT;')) {
    problems.push({
      code: 'jinja',
      summary: 'Files of ansible-vault cannot be read',
      detail: 'vrun keeps secrets with age, each value by itself.',
      hint: `Decrypt it, and write each secret as ‹name: !secret |› with armored age:\n    ansible-vault decrypt ${source.file}`,
      at: source.at(0, 14),
    });
    return undefined;
  }
  // In JSON a tab is white space wherever it stands unescaped.
  const json = isJson(source.text) ? source.with(source.text.replaceAll('\t', ' ')) : undefined;
  const node = readYaml(json ?? source, { version: json ? '1.2' : '1.1', problems });
  return node?.kind === 'scalar' && node.value === null ? undefined : node;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
