'use server';
import { revalidatePath } from 'next/cache';
import { database } from '../lib/database.js';
import { JOBS, redis } from '../lib/jobs.js';

/** Keeps the form's note, or has the worker do so; gives what is said about it. */
export async function keepNote(_said, form) {
  const text = String(form.get('text') ?? '').trim();
  if (text === '' || text.length > 1000) return 'A note has 1 to 1000 characters.';
  if (form.get('when') === 'later') {
    const queue = redis();
    if (queue === undefined) return 'Nobody does jobs here.';
    await queue.rpush(JOBS, text);
    return `Queued: ${text}`;
  }
  const client = await database();
  await client.note.create({ data: { text } });
  revalidatePath('/');
  return `Kept: ${text}`;
}
