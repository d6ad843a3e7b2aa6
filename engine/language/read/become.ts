// `become_user`, which is nothing without `become`.

import type { Dynamic } from '../dynamic/dynamic.ts';
import type { Fields } from './fields.ts';

/** The user to become; `become` tells whether anything here or around says that one is to be become at all. */
export function readBecomeUser(fields: Fields, become: boolean): Dynamic | undefined {
  const user = fields.text('become_user');
  if (user && !become) {
    fields.reading.problems.push({
      code: 'bad-value',
      summary: '‹become_user› without ‹become›',
      detail: '‹become_user› only names who to become; it does nothing by itself.',
      hint: 'Add ‹become: true›.',
      at: fields.entry('become_user')?.keyAt ?? user.at,
    });
  }
  return user;
}
