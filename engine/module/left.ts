// What a change leaves behind, as data: a dry run tells from it what later tasks will find there.
import type { Content } from './content.ts';
import type { Resource } from './resource.ts';

/** Attributes as far as they are known: owner and group by name or number, mode bits 0–07777. */
export interface LeftAttributes {
  readonly mode?: number | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** What a change decides about something that is no file, such as a unit that will run; in words that its module reads. */
export interface Settled {
  readonly resource: Resource;
  readonly as: Readonly<Record<string, string>>;
}

export type Left =
  /** Nothing is there any more, nor below it. */
  | { readonly path: string; readonly kind: 'nothing' }
  /** Something is there, or below it, of which the change can't tell more. */
  | { readonly path: string; readonly kind: 'anything' }
  /** What was there, with other attributes. */
  | ({ readonly path: string; readonly kind: 'same' } & LeftAttributes)
  /** A thing of the change's own making, in the place of what was there. */
  | ({ readonly path: string; readonly kind: 'file'; readonly content: Content } & LeftAttributes)
  | ({ readonly path: string; readonly kind: 'directory' } & LeftAttributes)
  | ({ readonly path: string; readonly kind: 'link'; readonly target: string } & LeftAttributes);
