// What usermod has to set on an account that is there.
import type { LoginAccount } from './account.ts';
import { expiryWord, type UserState, type UserWant } from './want.ts';

/** One field of the account, with the options of usermod(8) that set it. */
export interface AccountEdit {
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly options: readonly string[];
}

/** The fields that differ. */
export function editsOf(account: LoginAccount, have: UserState, want: UserWant): readonly AccountEdit[] {
  const { primary, groups } = have;
  const { uid, group, append, shell, home, comment, expires } = want;
  const edits: AccountEdit[] = [];
  if (uid !== undefined && uid !== account.uid) {
    edits.push({
      field: 'uid',
      from: `${account.uid}`,
      to: `${uid}`,
      options: ['--uid', `${uid}`, ...(want.non_unique ? ['--non-unique'] : [])],
    });
  }
  if (group !== undefined && primary !== account.gid) {
    edits.push({ field: 'group', from: account.group ?? `${account.gid}`, to: group, options: ['--gid', group] });
  }
  if (groups !== undefined) {
    const wanted = [...new Set(append ? [...account.groups, ...groups] : groups)].sort();
    if (wanted.join(',') !== account.groups.join(',')) {
      const options = append
        ? [
            '--append',
            '--groups',
            groupList(
              groups.filter((name) => !account.groups.includes(name)),
              have,
            ),
          ]
        : ['--groups', groupList(wanted, have)];
      edits.push({ field: 'groups', from: account.groups.join(','), to: wanted.join(','), options });
    }
  }
  if (shell !== undefined && shell !== account.shell) {
    edits.push({ field: 'shell', from: account.shell, to: shell, options: ['--shell', shell] });
  }
  if (home !== undefined && home !== account.home) {
    edits.push({ field: 'home', from: account.home, to: home, options: ['--home', home] });
  }
  if (comment !== undefined && comment !== account.comment) {
    edits.push({ field: 'comment', from: account.comment, to: comment, options: ['--comment', comment] });
  }
  const until = account.password?.expires ?? -1;
  if (expires !== undefined && expires !== until) {
    const words = { from: expiryWord(until), to: expiryWord(expires) };
    edits.push({ field: 'expires', ...words, options: ['--expiredate', expiryWord(expires)] });
  }
  return edits;
}

/** As useradd(8) and usermod(8) take them: a word of digits is a number to them, whatever group has it as its name. */
export function groupList(names: readonly string[], { numbers }: UserState): string {
  return names.map((name) => numbers?.get(name) ?? name).join(',');
}
