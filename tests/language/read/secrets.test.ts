// Wherever `!secret` may stand in a runbook, it is told when it is opened, and so hidden from then on.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isScalar, parseDocument, visit } from 'yaml';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import type { Secret } from '../../../engine/language/value/secret.ts';
import { leftSealed } from '../../../engine/language/yaml/age.ts';
import { realCatalog } from '../real-catalog.ts';

const BOOKS = ['tests/language/read/good/site.yml'];

/** What a runbook says besides, so that each place of the language is among them. */
const MORE = `
- name: More
  hosts: all
  environment: { A: word }
  module_defaults: { copy: { owner: word } }
  params: { one: { type: string, default: word } }
  vars: { a: word, b: [word, { c: word }] }
  tasks:
    - block:
        - debug: { msg: word }
          vars: { d: [word] }
          environment: { E: word }
          loop: [word, { f: word }]
          loop_control: { label: word }
          register: done
      vars: { g: word }
      rescue:
        - env-file: { path: /x, values: { H: word } }
      always:
        - set-fact: { i: word }
    - copy: { dest: /x, content: word }
    - http: { url: http://h, headers: { X: word }, body: word }
    - shell: { cmd: cat, stdin: word }
  handlers:
    - name: h
      copy: { dest: /y, content: word }
      vars: { j: word }
`;

describe.each([...BOOKS, 'more.yml'])('%s', (file) => {
  const text = file === 'more.yml' ? MORE : readFileSync(file, 'utf8');
  const places: (readonly [start: number, end: number])[] = [];
  visit(parseDocument(text), {
    Scalar: (key, node) => {
      if (key !== 'key' && isScalar(node) && node.range) places.push([node.range[0], node.range[1]]);
    },
  });

  test(`${places.length} places`, async () => {
    const missed: string[] = [];
    let kept = 0;
    for (const [start, end] of places) {
      const line = text.slice(0, start).split('\n').length;
      const lineEnd = text.slice(start, end).endsWith('\n') ? '\n' : '';
      const variant = `${text.slice(0, start)}!secret x${lineEnd}${text.slice(end)}`;
      const path = join(process.cwd(), file);
      const known: Secret[] = [];
      const { problems } = await readRunbook(path, {
        catalog: realCatalog,
        readFile: async (name: string) => (name === path ? Buffer.from(variant) : readFileSync(name)),
        secrets: leftSealed((secret) => known.push(secret)),
      });
      const found = known.length;
      kept += found;
      const refused = problems.some(({ severity }) => severity !== 'warning');
      if (found === 0 && !refused) missed.push(`${line}: ${text.split('\n')[line - 1]}`);
    }
    expect(missed).toEqual([]);
    expect(kept).toBeGreaterThan(0);
  });
});
