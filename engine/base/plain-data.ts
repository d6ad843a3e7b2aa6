// Data as JSON and YAML have it: lists and maps, told from what has a class of its own.

/** What of `T` is a map with names that aren't known beforehand. */
type MapOf<T> = unknown extends T ? Readonly<Record<string, unknown>> : Extract<T, { readonly [key: string]: unknown }>;

/** A copy of a map, each member as `change` makes it. */
export function mapMembers<T, R>(map: Readonly<Record<string, T>>, change: (member: T, key: string) => R) {
  // What is copied is there when it is assigned to: a member of the name `__proto__` is one like any other.
  const copy: Record<string, unknown> = { ...map };
  // Each member is a T before it is changed, and an R afterwards.
  for (const key of Object.keys(copy)) copy[key] = change(copy[key] as T, key);
  return copy as Record<string, R>;
}

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
