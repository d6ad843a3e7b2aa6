// One host's connection variables by type: found under any of their names, with where their paths start.

import { isAbsolute, join, resolve } from 'node:path';
import { isList } from '../../base/plain-data.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import type { Position } from '../../language/problem/position.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { Float } from '../../language/value/float.ts';
import { Secret } from '../../language/value/secret.ts';
import { type Scope, Unknown, type Value } from '../../language/value/value.ts';
import type { Host } from '../model/inventory.ts';
import { CONNECTION_NAMES, type ConnectionName, NOT_READ } from './names.ts';

interface Found {
  readonly name: string;
  readonly value: Value;
  readonly at: Position | undefined;
  /** Where a relative path in it starts. */
  readonly directory: string;
}

/** Reads one host's connection variables, each by its type; what is ill-typed is a Problem and left out. */
export class ConnectionReader {
  readonly #host: Host;
  readonly #scope: Scope;
  readonly #base: { readonly cwd: string; readonly home: string };
  readonly #problems: Problem[];
  readonly #found = new Map<ConnectionName, Found | undefined>();

  constructor(host: Host, scope: Scope, base: { readonly cwd: string; readonly home: string }, problems: Problem[]) {
    this.#host = host;
    this.#scope = scope;
    this.#base = base;
    this.#problems = problems;
  }

  /** A text that stands in an address or a command line of ssh: not empty, and no option. */
  word(name: ConnectionName): string | undefined {
    const text = this.text(name);
    if (text === undefined || (text !== '' && !/^-|[\s\0]/.test(text))) return text;
    this.problem(name, `‹${text}› can’t be ${this.#label(name)}`, 'It must be one word, and can’t begin with ‹-›.');
    return undefined;
  }

  /** A name or a number of the net, as it is looked up. */
  address(): string | undefined {
    const address = this.word('host') ?? this.#host.name;
    return address.includes('://') ? this.#refuseUrl('host') : this.withoutPassword('host', address);
  }

  /** Hosts with commas between them, each perhaps with a user before it; undefined and a Problem where there is a password. */
  withoutPassword(name: ConnectionName, hosts: string | undefined): string | undefined {
    const some = hosts?.split(',').some((host) => /(?:^|\/\/)[^@/]*:[^@]*@/.test(host));
    return some ? this.#refuseUrl(name) : hosts;
  }

  /** Never quotes it: who writes a URL may have put a password in it. */
  #refuseUrl(name: ConnectionName): undefined {
    const found = this.#find(name);
    this.#problems.push({
      code: 'bad-value',
      summary: 'A host’s address is a name or a number, without a password',
      ...(found ? { detail: `This is ${found.name} of the host ${this.#host.name}.` } : {}),
      hint: 'Write the name alone, and ansible_user and ansible_port beside it. Logins are by key: a password is not read.',
      ...(found?.at ? { at: { ...found.at, confidential: true } } : {}),
    });
    return undefined;
  }

  text(name: ConnectionName): string | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
    if (typeof value === 'number') return String(value);
    this.#illTyped(name, 'text');
    return undefined;
  }

  port(): number | undefined {
    const port = this.#number('port', 'a port from 1 to 65535');
    if (port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65_535)) return port;
    this.#illTyped('port', 'a port from 1 to 65535');
    return undefined;
  }

  seconds(name: ConnectionName): number | undefined {
    const seconds = this.#number(name, 'a number of seconds');
    if (seconds === undefined || seconds > 0) return seconds;
    this.#illTyped(name, 'a number of seconds above 0');
    return undefined;
  }

  /** A boolean, or one of the words that Ansible takes for one: an INI file has only text for `yes` and `true`. */
  boolean(name: ConnectionName): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
    const word = String(value).toLowerCase();
    if (['true', 'yes', 'on', 'y', 't', '1'].includes(word)) return true;
    if (['false', 'no', 'off', 'n', 'f', '0'].includes(word)) return false;
    this.#illTyped(name, 'true or false');
    return undefined;
  }

  secret(name: ConnectionName): Secret | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null) return undefined;
    if (value instanceof Secret) return value;
    // A password in plain text is as secret: it must not be seen either.
    if (typeof value === 'string' || typeof value === 'number') return new Secret(name, String(value));
    this.#illTyped(name, 'text');
    return undefined;
  }

  path(name: ConnectionName): string | undefined {
    const text = this.text(name);
    return text === undefined || text === '' ? undefined : this.absolute(name, text);
  }

  paths(name: ConnectionName): readonly string[] {
    const value = this.#value(name);
    if (value === undefined || value === null) return [];
    const items: readonly Value[] = isList(value) ? value : [value];
    if (items.every((item) => typeof item === 'string')) return items.map((item) => this.absolute(name, item));
    this.#illTyped(name, 'a path or a list of paths');
    return [];
  }

  /** `path` from the directory of the inventory that set `name`; `~` is the home of the one who runs vrun. */
  absolute(name: ConnectionName, path: string): string {
    if (path === '~' || path.startsWith('~/')) return join(this.#base.home, path.slice(1));
    return isAbsolute(path) ? path : resolve(this.#find(name)?.directory ?? this.#base.cwd, path);
  }

  /** Problems for variables of Ansible's that would be ignored. */
  refuseOthers(): void {
    for (const [name, hint] of Object.entries(NOT_READ)) {
      const variable = this.#host.variables.get(name);
      if (!variable) continue;
      this.#add(`‹${name}› isn’t read here`, hint, variable.origin.at);
    }
    const method = this.#host.variables.get('ansible_become_method');
    if (
      !method ||
      (method.value.kind === 'literal' && /^(?:ansible\.builtin\.)?sudo$/.test(String(method.value.value)))
    )
      return;
    this.#add('Another user is become with sudo only', 'Remove ansible_become_method.', method.origin.at);
  }

  problem(name: ConnectionName, summary: string, hint: string): void {
    this.#add(summary, hint, this.#find(name)?.at);
  }

  #add(summary: string, hint: string, at: Position | undefined): void {
    const detail = `This is for the host ‹${this.#host.name}›.`;
    this.#problems.push({ code: 'bad-value', summary, detail, hint, ...(at && { at }) });
  }

  #illTyped(name: ConnectionName, wanted: string): void {
    this.problem(name, `‹${this.#label(name)}› must be ${wanted}`, `Set ${this.#label(name)} to ${wanted}.`);
  }

  #label(name: ConnectionName): string {
    return this.#find(name)?.name ?? name;
  }

  #number(name: ConnectionName, wanted: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined || value === null || typeof value === 'number') return value ?? undefined;
    if (typeof value === 'string' && /^[0-9]+(?:\.[0-9]+)?$/.test(value)) return Number(value);
    this.#illTyped(name, wanted);
    return undefined;
  }

  #value(name: ConnectionName): Exclude<Value, Float> | undefined {
    const value = this.#find(name)?.value;
    return value instanceof Float ? value.text : value;
  }

  #find(name: ConnectionName): Found | undefined {
    if (this.#found.has(name)) return this.#found.get(name);
    let found: Found | undefined;
    try {
      found = this.#search(name);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.#problems.push(...error.problems);
    }
    this.#found.set(name, found);
    if (found?.value instanceof Unknown) {
      this.#add(`‹${found.name}› isn’t known before the connection`, found.value.reason, found.at);
      this.#found.set(name, undefined);
    }
    return this.#found.get(name);
  }

  #search(name: ConnectionName): Found | undefined {
    for (const known of CONNECTION_NAMES[name]) {
      const value = this.#scope.lookup(known);
      if (value === undefined) continue;
      const variable = this.#host.variables.get(known);
      // The play may have set it over the inventory: then it doesn't stand in the inventory's directory.
      const own = variable && evaluate(variable.value, this.#scope) === value;
      return {
        name: known,
        value,
        at: variable?.origin.at,
        directory: own ? variable.origin.directory : this.#base.cwd,
      };
    }
    const plain = this.#host.variables.get(name);
    if (!plain) return undefined;
    const { at, directory } = plain.origin;
    return { name, value: evaluate(plain.value, this.#scope), at, directory };
  }
}
