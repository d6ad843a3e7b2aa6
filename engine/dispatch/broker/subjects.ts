// The names of streams, and subjects of names: a host, a run or a region becomes one token of a subject, whatever is in it.
import { fail } from '../../language/problem/problem.ts';

export const WORK = 'VRUN_WORK';
export const EVENTS = 'VRUN_EV';
export const LEASES = 'VRUN_LEASE';
export const OBJECTS = 'VRUN_OBJ';

/** A key-value bucket is a stream of this name. */
export const LEASE_STREAM = `KV_${LEASES}`;

/** A server closes the connection of whoever sends a longer line than 4,096 bytes (`max_control_line`): five tokens fit. */
const LONGEST_TOKEN = 600;

/**
 * A name as one token: what isn't a letter or digit of ASCII, `_` or `-` is written as `=` and two digits for each of its
 * bytes in UTF-8. No two names give the same token, and `decodeToken` gives the name.
 * @throws ProblemError where the token would be too long for a subject, or the name is no Unicode text
 */
export function encodeToken(name: string): string {
  if (name === '') return '=';
  if (!name.isWellFormed()) return refuse(name, 'half of a character is in it');
  const percent = encodeURIComponent(name).replace(
    /[.!~*'()]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const token = percent.replaceAll('%', '=');
  return token.length <= LONGEST_TOKEN ? token : refuse(name, `it is longer than ${LONGEST_TOKEN} characters`);
}

/** The name that was made this token. */
export function decodeToken(token: string): string {
  return token === '=' ? '' : decodeURIComponent(token.replaceAll('=', '%'));
}

/** The subject of one run's work in a region; without a run, that of all of the region's. */
export function workSubject(region: string, run?: string): string {
  return `vrun.work.${encodeToken(region)}.${run === undefined ? '*' : encodeToken(run)}`;
}

/** The durable consumer that a region's workers share. */
export function consumerName(region: string): string {
  return `w_${encodeToken(region)}`;
}

/** The subject of one host's log. */
export function logSubject(region: string, run: string, host: string): string {
  return `vrun.ev.${encodeToken(region)}.${encodeToken(run)}.${encodeToken(host)}`;
}

/** Region and host of a host log's subject. */
export function namesOfLog(subject: string): { readonly region: string; readonly host: string } {
  const [, , region = '', , host = ''] = subject.split('.');
  return { region: decodeToken(region), host: decodeToken(host) };
}

/** A subject for questions and answers: each name is a token of it. */
export function talkSubject(names: readonly string[]): string {
  return ['vrun', 'talk', ...names.map(encodeToken)].join('.');
}

/** The subjects of all that streams hold of one run. */
export function subjectsOfRun(run: string): readonly (readonly [stream: string, subject: string])[] {
  const token = encodeToken(run);
  return [
    [WORK, `vrun.work.*.${token}`],
    [LEASE_STREAM, `$KV.${LEASES}.*.${token}.>`],
    [EVENTS, `vrun.ev.*.${token}.*`],
    [OBJECTS, `vrun.obj.${token}.>`],
  ];
}

function refuse(name: string, why: string): never {
  return fail({
    code: 'usage',
    summary: 'A name that cannot be dispatched',
    detail: `‹${name.slice(0, 80)}› would be part of a subject of the broker, but ${why}.`,
    hint: 'Give the host, group or region a shorter, plainer name.',
  });
}
