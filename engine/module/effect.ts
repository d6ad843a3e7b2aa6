// The effects of a change, as data: what is so on the host once it is made. A dry run tells from them what later tasks will find.
import type { Content } from './content.ts';
import type { Resource } from './resource.ts';

/**
 * One thing that is so then:
 *
 *     { makes: 'user:app' }                                    it is there
 *     { path: '/etc/motd', kind: 'file', content }             what is at a path; unless gone, it is there
 *     { settles: 'unit:app.service', as: { active: 'active' } }   what is so of something that is no file
 */
export type Effect = Making | PathEffect | Settling;

/** A resource is there; at a path, nobody tells what. `path:/srv/app/`: anything may be below it. */
interface Making {
  readonly makes: Resource;
}

/** Something is decided of a resource, in words that its module reads. */
interface Settling {
  readonly settles: Resource;
  readonly as: Settled;
}

export type Settled = Readonly<Record<string, string>>;

/** Attributes as far as they are known: owner and group by name or number, mode bits 0–07777. */
export interface PathAttributes {
  readonly mode?: number | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

export type PathEffect =
  /** Nothing is there any more, nor below it. */
  | { readonly path: string; readonly kind: 'nothing' }
  /** Something is there, or below it, of which the change can't tell more. */
  | { readonly path: string; readonly kind: 'anything' }
  /** What was there, with other attributes. */
  | ({ readonly path: string; readonly kind: 'same' } & PathAttributes)
  /** A thing of the change's own making, in the place of what was there. */
  | ({ readonly path: string; readonly kind: 'file'; readonly content: Content } & PathAttributes)
  | ({ readonly path: string; readonly kind: 'directory' } & PathAttributes)
  | ({ readonly path: string; readonly kind: 'link'; readonly target: string } & PathAttributes);

/** Those that tell what is at a path. */
export function pathEffects(effects: readonly Effect[]): readonly PathEffect[] {
  return effects.filter((effect) => 'path' in effect);
}

/** What is there by an effect, where that makes anything. */
export function madeBy(effect: Effect): Resource | undefined {
  if ('makes' in effect) return effect.makes;
  if ('settles' in effect || effect.kind === 'nothing' || effect.kind === 'same') return undefined;
  return `path:${effect.path}`;
}
