// Addresses with a user name or a password in them: anybody who sees the task, the record or the host's processes has it.
import type { ParameterProblem } from '../../language/runbook/catalog.ts';

/** The authority of a URL up to its last `@`, whatever a strict parser makes of it. */
const USER_INFO = /^[a-z][a-z0-9+.-]*:\/\/(.*)@/is;

/**
 * The problem of an address that says who asks. A user name alone is one in http and https, where it may be a token; ssh
 * needs it. `instead` says how it is done without, as a sentence.
 */
export function secretInAddress(parameter: string, value: unknown, instead: string): readonly ParameterProblem[] {
  if (typeof value !== 'string' || !holdsUserInfo(value.trim())) return [];
  return [
    {
      parameter,
      summary: 'The address holds a user name or a password',
      detail: 'It would be seen on the screen, in the record and in the list of processes.',
      hint: instead,
    },
  ];
}

function holdsUserInfo(text: string): boolean {
  if (URL.canParse(text)) {
    const { protocol, username, password } = new URL(text);
    return password !== '' || (username !== '' && /^https?:$/.test(protocol));
  }
  const [, info = ''] = USER_INFO.exec(text) ?? [];
  return info.includes(':') || /^https?:[^/]*@/i.test(text.replace('//', ''));
}
