// Why an account can't be brought to what is wanted.
import type { Failure } from '../../engine/module/failure.ts';

/** Without root nothing is known of passwords and expiry. */
export function unreadableShadow(name: string): Failure {
  return {
    summary: `cannot read the password entry of ${name}`,
    detail: 'Only root may read /etc/shadow.',
    hint: 'Set `become: true` on the task.',
  };
}

/** For `password_lock: false` on an account that nobody has given a password. */
export function nothingToUnlock(name: string): Failure {
  return {
    summary: `${name} has no password to unlock`,
    detail: 'Unlocking the account would let anybody in without a password.',
    hint: 'Give `password` with `update_password: always`.',
  };
}

/** For keys of an account without a home directory. */
export function homeless(name: string): Failure {
  return {
    summary: `${name} has no home directory for its keys`,
    detail: 'They are kept in the home directory, and `create_home: false` says that none is made.',
    hint: 'Leave `create_home` out, or keep the keys elsewhere with authorized-key and `path`.',
  };
}

/** For `state: absent` of an account with number 0. */
export function removesRoot(name: string): Failure {
  return {
    summary: `${name} is the superuser and is not removed`,
    detail: 'Nobody could look after the host any more.',
    hint: 'Name another account, or lock its password with `password_lock: true`.',
  };
}

/** For `uid`. */
export function isTaken(uid: number, other: string): Failure {
  return {
    summary: `the number ${uid} belongs to the user ${other}`,
    detail: 'Two accounts of one number would be one to the kernel.',
    hint: 'Take another number, or give the other account a new one first.',
  };
}

export const READ_ONLY: Failure = {
  summary: 'accounts cannot be changed',
  detail: 'The user that the task runs as may not write /etc/passwd.',
  hint: 'Set `become: true` on the task.',
};
