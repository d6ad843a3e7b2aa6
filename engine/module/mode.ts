// Permissions: what a symbolic mode makes of the present one, as chmod(1) computes it.

const CLASSES = { u: 6, g: 3, o: 0 } as const;
const SET_ID = { u: 0o4000, g: 0o2000, o: 0 } as const;
const STICKY = { u: 0, g: 0, o: 0o1000 } as const;
const WHOS = ['u', 'g', 'o'] as const;
const UMASK = 0o022;
type Who = (typeof WHOS)[number];

const NUMBER = '0*[0-7]{1,4}';
const OPERATION = '[-+=]([rwxXst]*|[ugo])';
const CLAUSE = `([ugoa]*(${OPERATION})+|(${OPERATION})*[-+=]${NUMBER})`;

/** What may stand for a mode: a number of three digits or more, or what chmod(1) calls symbolic. */
export const MODE_PATTERN = `^(0*[0-7]{3,4}|${CLAUSE}(,${CLAUSE})*)$`;

/** The modes of what is newly made, with the umask that every script starts with. */
export const NEW_FILE = 0o666 & ~UMASK;
export const NEW_DIRECTORY = 0o777 & ~UMASK;

/**
 * The mode bits (0–07777) that `spec` asks for, by the grammar of chmod(1): an octal number, or clauses with commas
 * between them, each with any number of operations (`u+rw-x`), of which one may copy from another class (`g=u`) or be
 * octal (`+111`).
 * @param spec as MODE_PATTERN has it; an operation of no class leaves out what umask 022 takes
 * @param current the present bits; for what is newly made NEW_FILE or NEW_DIRECTORY
 * @param directory whether `X` always means `x`
 */
export function resolveMode(spec: string, current: number, directory: boolean): number {
  if (isOctalMode(spec)) return Number.parseInt(spec, 8);
  return spec.split(',').reduce((mode, clause) => {
    const [, classes = '', operations = ''] = /^([ugoa]*)(.*)$/.exec(clause) ?? [];
    return [...operations.matchAll(/([-+=])([rwxXst0-7]*|[ugo])(?=[-+=]|$)/g)].reduce(
      (now, [, operator = '=', what = '']) => operate(now, { classes, operator, what }, directory),
      mode,
    );
  }, current);
}

/** True for a mode that is a number and not a change of the present one. */
export function isOctalMode(spec: string): boolean {
  return /^[0-7]+$/.test(spec);
}

interface Operation {
  /** `ugoa`, in any order; none is all, under the umask. */
  readonly classes: string;
  readonly operator: string;
  /** Letters of permissions, or one class whose permissions are copied, or an octal number. */
  readonly what: string;
}

function operate(mode: number, { classes, operator, what }: Operation, directory: boolean): number {
  const isNumber = /[0-7]/.test(what);
  const whos: readonly Who[] =
    classes === '' || classes.includes('a') ? WHOS : WHOS.filter((who) => classes.includes(who));
  const mask = classes === '' && !isNumber ? UMASK : 0;
  const asked = isNumber
    ? Number.parseInt(what, 8)
    : whos.reduce((bits, who) => bits | bitsOf(who, what, mode, directory), 0) & ~mask;
  if (operator === '+') return mode | asked;
  if (operator === '-') return mode & ~asked;
  const cleared = isNumber ? 0o7777 : whos.reduce((bits, who) => bits | clearedBy(who, directory), 0);
  return (mode & ~cleared) | asked;
}

/** `=` clears what belongs to a class: for `o` the sticky bit too. On a directory chmod(1) leaves the set-id bits alone. */
function clearedBy(who: Who, directory: boolean): number {
  return (0o7 << CLASSES[who]) | (directory ? 0 : SET_ID[who]) | STICKY[who];
}

function bitsOf(who: Who, what: string, mode: number, directory: boolean): number {
  const from = WHOS.find((other) => other === what);
  if (from) return ((mode >> CLASSES[from]) & 0o7) << CLASSES[who];
  let bits = 0;
  for (const letter of what) {
    if (letter === 'r') bits |= 4 << CLASSES[who];
    if (letter === 'w') bits |= 2 << CLASSES[who];
    if (letter === 'x' || (letter === 'X' && (directory || (mode & 0o111) !== 0))) bits |= 1 << CLASSES[who];
    if (letter === 's') bits |= SET_ID[who];
    if (letter === 't') bits |= STICKY[who];
  }
  return bits;
}

/** Four octal digits: `0644`. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** Five digits, the only numeric form with which GNU chmod clears a directory's set-id bits too. */
export function exactOctal(mode: number): string {
  return mode.toString(8).padStart(5, '0');
}
