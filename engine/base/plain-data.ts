// Data as JSON and YAML have it: lists and maps, told from what has a class of its own.

/** What of `T` is a map with names that aren't known beforehand. */
type MapOf<T> = unknown extends T ? Readonly<Record<string, unknown>> : Extract<T, { readonly [key: string]: unknown }>;

/** True for a list of a known type; of an unknown one `Array.isArray` says it. It keeps a list readonly that is. */
export function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}

/** True for a map: no list, and nothing that has a class of its own, such as a secret. */
export function isMap<T>(value: T): value is T & MapOf<T> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
