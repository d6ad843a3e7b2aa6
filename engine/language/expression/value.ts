// Values on their way into CEL and out of it. Maps and lists go in as views that convert what is asked of them, so
// that an expression never reads more than it names, and comes to know of every secret and unknown that it touches.

import { MOST_TEXT, MOST_VALUES } from '../../base/limits.ts';
import { isList, isMap } from '../../base/plain-data.ts';
import { combineUnknown } from '../template/render.ts';
import { asComputed, Float } from '../value/float.ts';
import { Secret } from '../value/secret.ts';
import { isTruncated, ReadsTruncated } from '../value/truncated.ts';
import { Unknown, type Value, type ValueMap } from '../value/value.ts';

/** Stops an evaluation; `||` and `&&` catch it, and go on when the other side decides. */
export class UnknownReached extends Error {}

/** What CEL can't give back to the language. */
export class Unrepresentable extends Error {}

/** What one evaluation has touched. */
export class Touched {
  readonly secrets = new Set<Secret>();
  unknown: Unknown | undefined;
  readonly #originals = new WeakMap<object, Value>();

  /** A value as CEL sees it: integers as bigint, secrets revealed (and noted). @throws UnknownReached */
  into(value: Value): unknown {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Float) return value.number;
    if (value instanceof Unknown) {
      this.unknown = combineUnknown(this.unknown, value);
      throw new UnknownReached();
    }
    if (value instanceof Secret) {
      this.secrets.add(value);
      return value.reveal();
    }
    const view = isList(value) ? this.#listView(value) : isMap(value) ? this.#mapView(value) : value;
    this.#originals.set(view, value);
    return view;
  }

  /** A result as the language sees it; `seal` gets each new string and number. @throws Unrepresentable */
  outOf(result: unknown, seal: (value: string | number) => Value): Value {
    if (typeof result === 'string') {
      if (result.length > MOST_TEXT) throw new Unrepresentable(`a text of more than ${MOST_TEXT / 1024 / 1024} MiB`);
      return seal(result);
    }
    if (result === null || typeof result === 'boolean') return result;
    if (typeof result === 'bigint' || typeof result === 'number') {
      const number = Number(result);
      const exact = typeof result === 'bigint' ? Number.isSafeInteger(number) : Number.isFinite(number);
      const sealed = exact ? seal(number) : undefined;
      if (sealed !== undefined) return typeof result === 'number' && sealed === number ? asComputed(number) : sealed;
      throw new Unrepresentable('a number that is not finite, or too large to be exact');
    }
    if (typeof result !== 'object') throw new Unrepresentable('a type, not a value');
    const original = this.#originals.get(result);
    if (original !== undefined) return original;
    if (Array.isArray(result) && result.length > MOST_VALUES) {
      throw new Unrepresentable(`a list of more than ${MOST_VALUES} items`);
    }
    if (Array.isArray(result)) return result.map((item) => this.outOf(item, seal));
    if (result instanceof Date) return seal(result.toISOString());
    // cel-js's unsigned integers
    if (typeof result.valueOf() === 'bigint') return this.outOf(result.valueOf(), seal);
    if (Object.getPrototypeOf(result) !== Object.prototype) {
      throw new Unrepresentable(`a ${result.constructor.name.toLowerCase()}, which is no value of the language`);
    }
    return Object.fromEntries(
      Object.entries(result).map(([key, member]) => {
        if (typeof seal(key) !== 'string') throw new Unrepresentable('a map that may have a secret as its key');
        return [key, this.outOf(member, seal)];
      }),
    );
  }

  /** The target stays empty: a view of a frozen object may not differ from it. */
  #mapView(map: ValueMap): object {
    const own = (name: string | symbol): name is string => typeof name === 'string' && Object.hasOwn(map, name);
    return new Proxy(Object.create(null), {
      // cel-js tells types apart by their constructor: a map has none
      get: (_target, name) => {
        if (name === 'constructor' || !own(name)) return undefined;
        if (isTruncated(map, name)) throw new ReadsTruncated(name);
        const member = map[name];
        return member === undefined ? undefined : this.into(member);
      },
      has: (_target, name) => own(name),
      ownKeys: () => Object.keys(map),
      getOwnPropertyDescriptor: (_target, name) =>
        own(name) ? { value: undefined, enumerable: true, configurable: true } : undefined,
    });
  }

  #listView(list: readonly Value[]): object {
    return new Proxy([], {
      get: (target, name) => {
        if (name === 'length') return list.length;
        if (typeof name !== 'string' || !/^[0-9]+$/.test(name)) return Reflect.get(target, name);
        const item = list[Number(name)];
        return item === undefined ? undefined : this.into(item);
      },
      has: (target, name) =>
        typeof name === 'string' && /^[0-9]+$/.test(name) ? Number(name) < list.length : Reflect.has(target, name),
    });
  }
}
