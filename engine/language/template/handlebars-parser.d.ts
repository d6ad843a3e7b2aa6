// Handlebars' parser by itself: the whole package takes four times as long to load, and we only need the syntax tree.
/// <reference types="handlebars" />
declare module 'handlebars/dist/cjs/handlebars/compiler/base.js' {
  /** The syntax tree, with standalone lines and `~` already taken out of the text. Throws with a message only. */
  export function parse(source: string): hbs.AST.Program;
}
