// Dynamic inventories: executables that print Ansible's JSON when called with `--list` (and `--host NAME`).

import { lastLines } from '../../base/last-lines.ts';
import { DEEPEST } from '../../base/limits.ts';
import { isMap } from '../../base/plain-data.ts';
import type { Position } from '../../language/problem/position.ts';
import { parseJson } from '../../language/value/json.ts';
import type { InventoryBuilder, InventorySource, RawVariable } from '../model/builder.ts';
import { hostNameFault } from '../pattern/range-name.ts';
import type { Literal } from '../python/literal.ts';
import { literalNode } from './literal-node.ts';
import { runScript, type ScriptOptions } from './run-script.ts';

type LiteralMap = { readonly [key: string]: Literal };

/** As deep as values may be nested in YAML. */

/** How many `--host` calls run at once. */
const CALLS = 8;

/**
 * Runs the executable `source.path` and adds what it prints; returns the bytes that it printed, for the digest.
 * Without `_meta.hostvars` it is called once more for each host. Source: Ansible's `script` inventory plugin.
 */
export async function addScript(
  builder: InventoryBuilder,
  source: InventorySource,
  options: ScriptOptions,
): Promise<Buffer[]> {
  const reader = new ScriptReader(builder, source);
  const list = await reader.call(['--list'], options);
  if (!list) return [];
  const hosts = reader.groups(list.data);
  const outputs = [list.bytes];
  const meta = list.data._meta;
  const given = isMap(meta) ? meta.hostvars : undefined;
  if (given !== undefined) {
    if (isMap(given)) for (const host of hosts) reader.host(host, given[host], '--list');
    else reader.problem('--list', `‹_meta.hostvars› must be a map of hosts, found ${kindOf(given)}`);
    return outputs;
  }
  const queue = [...hosts];
  const answers = new Map<string, { readonly data: LiteralMap; readonly bytes: Buffer } | undefined>();
  const worker = async () => {
    for (let host = queue.shift(); host !== undefined; host = queue.shift()) {
      answers.set(host, await reader.call(['--host', host], options));
    }
  };
  await Promise.all(Array.from({ length: Math.min(CALLS, hosts.length) }, worker));
  for (const host of hosts) {
    const answer = answers.get(host);
    if (!answer) continue;
    outputs.push(answer.bytes);
    reader.host(host, answer.data, `--host ${host}`);
  }
  return outputs;
}

class ScriptReader {
  readonly #builder: InventoryBuilder;
  readonly #source: InventorySource;

  constructor(builder: InventoryBuilder, source: InventorySource) {
    this.#builder = builder;
    this.#source = source;
  }

  /** One call's answer, a JSON map; whatever else is a Problem. */
  async call(
    args: readonly string[],
    options: ScriptOptions,
  ): Promise<{ data: LiteralMap; bytes: Buffer } | undefined> {
    const { run = runScript } = options;
    const answer = await run(this.#source.path, args, options);
    const call = args.join(' ');
    if (answer.kind === 'failed') {
      const said = answer.stderr === '' ? '' : `\nIt said:\n${lastLines(answer.stderr, 8).replaceAll(/^/gm, '  ')}`;
      this.problem(call, `${sentence(answer.reason)}.${said}`);
      return undefined;
    }
    const bytes = answer.stdout;
    let data: Literal;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      // `--host` may answer nothing for a host without variables.
      data = text.trim() === '' && args[0] === '--host' ? {} : parseJson(text);
    } catch (error) {
      this.problem(call, `What it printed is no JSON: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
    if (deeperThan(data, DEEPEST)) {
      this.problem(call, `What it printed is nested more than ${DEEPEST} levels deep.`);
      return undefined;
    }
    if (isMap(data)) return { data, bytes };
    this.problem(call, `It must print a JSON map, found ${kindOf(data)}`);
    return undefined;
  }

  /** Adds the groups of `--list` and returns their hosts, each once, in the order in which they are named. */
  groups(list: LiteralMap): readonly string[] {
    const hosts = new Set<string>();
    for (const [name, data] of Object.entries(list)) {
      if (name === '_meta') continue;
      const group = this.#builder.group(name, this.#at('--list'));
      const simple = isMap(data) && !['hosts', 'vars', 'children'].some((key) => Object.hasOwn(data, key));
      const parts: LiteralMap = !isMap(data) ? { hosts: data } : simple ? { hosts: [name], vars: data } : data;
      for (const host of this.#names(name, 'hosts', parts.hosts)) {
        const fault = hostNameFault(host);
        if (fault !== undefined) {
          this.problem('--list', `In the group ‹${name}›: ${fault}.`);
          continue;
        }
        hosts.add(host);
        this.#builder.host(host, name, this.#at('--list'), this.#source);
      }
      if (parts.vars !== undefined && !isMap(parts.vars)) {
        this.problem('--list', `‹vars› of the group ‹${name}› must be a map, found ${kindOf(parts.vars)}`);
      } else {
        for (const [key, value] of Object.entries(parts.vars ?? {})) {
          this.#builder.setGroupVariable(group, this.#variable(key, value, `group ${name}`, '--list'));
        }
      }
      for (const child of this.#names(name, 'children', parts.children)) {
        this.#builder.addChild(name, child, this.#at('--list'));
      }
    }
    return [...hosts];
  }

  /** Sets the variables that `call` gave for a host. */
  host(name: string, variables: Literal | undefined, call: string): void {
    if (variables === undefined) return;
    if (!isMap(variables)) {
      this.problem(call, `The variables of ‹${name}› must be a map, found ${kindOf(variables)}`);
      return;
    }
    const host = this.#builder.host(name, undefined, undefined, this.#source);
    for (const [key, value] of Object.entries(variables)) {
      host.variables.push(this.#variable(key, value, `host ${name}`, call));
    }
  }

  problem(call: string, detail: string): void {
    this.#builder.problems.push({
      code: 'inventory-shape',
      summary: 'The dynamic inventory gave no inventory',
      detail: `‹${this.#source.file} ${call}›: ${detail}`,
      hint: `Try it yourself:\n    ${this.#source.path} ${call}`,
    });
  }

  #names(group: string, key: 'hosts' | 'children', value: Literal | undefined): readonly string[] {
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')) return value;
    this.problem('--list', `‹${key}› of the group ‹${group}› must be a list of names, found ${kindOf(value)}`);
    return [];
  }

  #variable(name: string, value: Literal, from: string, call: string): RawVariable {
    const at = this.#at(call);
    return { name, node: literalNode(value, at), from, at, directory: this.#source.directory };
  }

  /** JSON has no lines worth showing: what a script printed is named by its call. */
  #at(call: string): Position {
    const text = `${this.#source.file} ${call}`;
    return { file: this.#source.file, line: 1, column: 1, length: text.length, text };
  }
}

function deeperThan(value: Literal, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => deeperThan(member, levels - 1));
}

function kindOf(value: Literal): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list that holds something else';
  return typeof value === 'object' ? 'a map' : `the ${typeof value} ${JSON.stringify(value).slice(0, 60)}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
