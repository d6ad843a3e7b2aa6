// What a module's author imports: all of the contract, nothing of the engine.
export { Type } from 'typebox';
export { isScript, lines, quote, type Script, sh } from '../base/script.ts';
export type { ParameterProblem } from '../language/runbook/catalog.ts';
export { Secret } from '../language/value/secret.ts';
export { Unknown, type Value } from '../language/value/value.ts';
export * from './change.ts';
export { Content, type Outgoing, type StoredBytes } from './content.ts';
export { defineModule, type Foreseen, type Module, type TaskTraits } from './define.ts';
export type { Difference } from './difference.ts';
export { type Effect, madeBy, type PathEffect, pathEffects, type Settled } from './effect.ts';
export type { Failure } from './failure.ts';
export * from './parameters.ts';
export { isResource, Missing, type Resource, stateIfThere, withState } from './resource.ts';
export { type Given, named, pathThing, type Thing, things, treeThing, wordThings } from './thing.ts';
