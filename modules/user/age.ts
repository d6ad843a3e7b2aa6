// How long a password is good: days that chage(1) sets.
import { sh } from '../../engine/base/script.ts';
import type { Change } from '../../engine/module/change.ts';
import type { LoginAccount, Password } from './account.ts';
import type { UserWant } from './want.ts';

/** Options of chage(1) for the days that differ. */
export function ageOptions({ age }: UserWant, have: Password | undefined): readonly string[] {
  return AGES.flatMap((days) =>
    age[days] === undefined || age[days] === have?.age[days] ? [] : [AGE[days], `${age[days]}`],
  );
}

const AGES = ['min', 'max', 'warn'] as const;
const AGE = { min: '--mindays', max: '--maxdays', warn: '--warndays' } as const;

/** True where the task says anything of it. */
export function isAged({ age }: UserWant): boolean {
  return age.min !== undefined || age.max !== undefined || age.warn !== undefined;
}

/** The days that differ on an account that is there. */
export function ageChanges({
  account: { password },
  want,
}: {
  readonly account: LoginAccount;
  readonly want: UserWant;
}): readonly Change[] {
  const options = ageOptions(want, password);
  if (options.length === 0) return [];
  const listed = (of: (days: (typeof AGES)[number]) => number | undefined) =>
    AGES.map((days) => `${days} ${of(days) ?? 'none'}`).join(', ');
  return [
    {
      op: '~',
      what: `days of the password of user ${want.name}`,
      from: password && listed((days) => password.age[days]),
      to: listed((days) => want.age[days] ?? password?.age[days]),
      steps: [{ run: sh`chage ${options} -- ${want.name}` }],
    },
  ];
}
