// Why an archive isn't unpacked. The readers of tar and zip throw it; what they don't know is the archive's name.
import type { TreeItem } from '../module/index.ts';

/** As it stands in the archive. */
export type Member = TreeItem;

/** Thrown by the readers: what is wrong with the archive, to be followed by its name. */
export class Refused extends Error {}

/** What nothing could unpack. */
export class Broken extends Refused {}

/** What no host is to unpack. */
export class Unsafe extends Refused {}

/** @throws what `localArchive` turns into a Problem with the archive's name */
export function broken(why: string): never {
  throw new Broken(why);
}

/** The same for what others might take. */
export function refuseArchive(why: string): never {
  throw new Refused(why);
}
