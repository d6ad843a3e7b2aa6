// Validators made at run time, by ajv: of a project's own modules. Those that ship come with the bundle (build-validators.js).
import { Ajv, type CodeOptions, type ValidateFunction } from 'ajv';
import { isParameterKind } from './kinds.ts';
import { compileWith, type JsonSchema } from './schema.ts';

/**
 * What compiles parameters' schemas. It doesn't hold them against JSON Schema's own, which takes longer than to compile
 * them: a test does so with the modules'.
 */
export function makeAjv(code: CodeOptions): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    useDefaults: true,
    verbose: true,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    code,
  });
  ajv.addKeyword({
    keyword: 'vrun',
    schemaType: 'string',
    code: ({ schema: kind }) => {
      if (!isParameterKind(kind)) throw new Error(`there is no kind ‹${kind}› of parameters`);
    },
  });
  ajv.addKeyword({ keyword: 'vrunUnless', schemaType: 'string' });
  ajv.addKeyword({ keyword: 'vrunBeside', schemaType: 'object' });
  ajv.addKeyword({ keyword: 'vrunInline', schemaType: 'string' });
  return ajv;
}

let ajv: Ajv | undefined;

/** Optimizing code that runs a few times doesn't pay. */
function compile(schema: JsonSchema): ValidateFunction {
  ajv ??= makeAjv({ optimize: false });
  return ajv.compile(schema);
}

/** Has schemas compiled that come without a validator. */
export function compileAtRunTime(): void {
  compileWith(compile);
}
