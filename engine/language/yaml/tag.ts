// An unknown YAML tag. The value behind it is never shown: it may be a secret whose tag was mistyped.
import { nearest } from '../problem/did-you-mean.ts';
import type { Position } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { YamlVersion } from './scalar.ts';

/** The problem of `tag`, which is not one of ours. */
export function unknownTag(tag: string, at: Position, version: YamlVersion): Problem {
  if (tag === '!vault') {
    return {
      code: 'jinja',
      summary: '‹!vault› values of Ansible cannot be read',
      detail: 'vrun keeps secrets with age, not with ansible-vault.',
      hint: 'Decrypt it with ‹ansible-vault›, encrypt it with ‹vrun secrets encrypt NAME›, and paste what that prints:\n    NAME: !secret |\n      -----BEGIN AGE ENCRYPTED FILE-----\n      …',
      at,
    };
  }
  const standard = tag.startsWith('tag:yaml.org,2002:');
  const name = standard ? `!!${tag.slice('tag:yaml.org,2002:'.length)}` : tag;
  const [near] = nearest(tag, ['!secret', '!expr']);
  return {
    code: 'yaml-tag',
    summary: `Unknown YAML tag ‹${name}›`,
    detail: `A word that starts with ‹!› is a tag in YAML. ${version === '1.2' ? 'A runbook has ‹!secret› and ‹!expr›.' : 'There are ‹!secret› and ‹!expr›.'}`,
    hint: near ? `Did you mean ‹${near}›?` : 'If the ‹!› belongs to the value, put the value in quotes.',
    at,
  };
}
