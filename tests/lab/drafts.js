// What a build of an image leaves that was killed: mounts in its draft, by which no draft could be removed again.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.js';
import { withLock } from './lock.js';
import { CACHE } from './plan.js';

/** Unmounts what is in drafts that nobody is at; waits for whoever is. */
export async function clearDrafts() {
  if ((await mountsInDrafts()).length === 0) return;
  await withLock('image', async () => {
    for (const place of (await mountsInDrafts()).reverse()) await run('umount', ['--lazy', place]);
  });
}

/** In the order in which they were made. */
async function mountsInDrafts() {
  const places = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(join(CACHE, '/')) && place.includes('.draft/'));
}
