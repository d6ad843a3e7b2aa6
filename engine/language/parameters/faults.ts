// From ajv's errors to sentences: one fault for each place, alternatives collapsed into one.
import type { ErrorObject } from 'ajv';
import type { JsonSchema } from './schema.ts';
import {
  badForm,
  badMode,
  missing,
  notAllowed,
  otherFault,
  type ParamFault,
  pathText,
  unknownMember,
  wrongType,
} from './sentences.ts';

/**
 * What ajv (verbose, allErrors) found wrong. Errors about veiled values (symbols, see bound-values.ts) are left out,
 * and so are alternatives that only a veiled value keeps from matching.
 */
export function paramFaults(module: string, errors: readonly ErrorObject[]): ParamFault[] {
  return errors
    .filter((error) => !errors.some((union) => union.keyword === 'anyOf' && isInside(error, union)))
    .flatMap((error) => explain(module, error, errors));
}

function isInside(error: ErrorObject, union: ErrorObject): boolean {
  return (
    error !== union &&
    error.schemaPath.startsWith(`${union.schemaPath}/`) &&
    (error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`))
  );
}

function explain(module: string, error: ErrorObject, all: readonly ErrorObject[]): ParamFault[] {
  if (typeof error.data === 'symbol') return [];
  const path = pathOf(error.instancePath);
  const schema: JsonSchema = error.parentSchema ?? {};
  if (error.keyword === 'anyOf') return explainUnion(module, error, schema, all);
  const where = path.length === 0 ? `‹${module}›` : `‹${pathText(path)}›`;
  switch (error.keyword) {
    case 'required':
      return [missing(path, where, schema, String(error.params.missingProperty))];
    case 'additionalProperties':
      return [unknownMember(path, where, schema, String(error.params.additionalProperty))];
    case 'type':
      return [wrongType(path, where, [schema], error.data)];
    case 'enum':
    case 'const':
      return [notAllowed(path, where, allowedBy(schema), error.data)];
    case 'uniqueItems':
      if (Array.isArray(error.data) && error.data.some((item) => typeof item === 'symbol')) return [];
      return [otherFault(path, where, error.message, error.data)];
    case 'pattern':
      return [schema.vrun === 'mode' ? badMode(path, where, error.data) : badForm(path, where, schema, error.data)];
    default:
      return [otherFault(path, where, error.message, error.data)];
  }
}

/** The alternative that the value was meant as, judged by its type; else a sentence that names them all. */
function explainUnion(
  module: string,
  union: ErrorObject,
  schema: JsonSchema,
  all: readonly ErrorObject[],
): ParamFault[] {
  const path = pathOf(union.instancePath);
  const where = `‹${pathText(path)}›`;
  const branches = schema.anyOf ?? [];
  const words = branches.flatMap(allowedBy);
  if (words.length > 0 && branches.every((branch) => allowedBy(branch).length > 0)) {
    return [notAllowed(path, where, words, union.data)];
  }
  const faults = branches.map((_, index) => {
    const prefix = `${union.schemaPath}/${index}/`;
    const within = all.filter((error) => isInside(error, union) && error.schemaPath.startsWith(prefix));
    const typed = !within.some((error) => error.keyword === 'type' && error.instancePath === union.instancePath);
    return { typed, faults: paramFaults(module, within) };
  });
  if (faults.some((branch) => branch.faults.length === 0)) return [];
  const meant = faults.filter((branch) => branch.typed);
  const [only] = meant;
  if (only && meant.length === 1) return only.faults;
  return [wrongType(path, where, branches, union.data)];
}

function allowedBy(schema: JsonSchema): readonly unknown[] {
  if (schema.enum) return schema.enum;
  return schema.const === undefined ? [] : [schema.const];
}

/** An ajv instancePath (RFC 6901 pointer) as a path. */
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
