// Permissions: what a symbolic mode makes of the present one, as chmod(1) computes it.

const CLASSES = { u: 6, g: 3, o: 0 } as const;
const SPECIAL = { u: 0o4000, g: 0o2000, o: 0 } as const;
const UMASK = 0o022;
type Who = keyof typeof CLASSES;

/** The modes of what is newly made, with the umask that every script starts with. */
export const NEW_FILE = 0o666 & ~UMASK;
export const NEW_DIRECTORY = 0o777 & ~UMASK;

/**
 * The mode bits (0–07777) that `spec` asks for.
 * @param spec octal ("0640", "755") or symbolic ("u=rwX,go-w"); a clause without `ugoa` leaves out what umask 022 takes
 * @param current the present bits; for what is newly made NEW_FILE or NEW_DIRECTORY
 * @param directory whether `X` always means `x`
 */
export function resolveMode(spec: string, current: number, directory: boolean): number {
  if (/^[0-7]+$/.test(spec)) return Number.parseInt(spec, 8);
  return spec.split(',').reduce((mode, clause) => applyClause(mode, clause, directory), current);
}

function applyClause(mode: number, clause: string, directory: boolean): number {
  const [, named = '', operator = '=', letters = ''] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? [];
  const whos = named === '' || named.includes('a') ? (['u', 'g', 'o'] as const) : whoOf(named);
  const mask = named === '' ? UMASK : 0;
  return whos.reduce((result, who) => {
    const bits = bitsOf(who, letters, mode, directory) & ~mask;
    if (operator === '+') return result | bits;
    if (operator === '-') return result & ~bits;
    return (result & ~clearedBy(who, directory) & ~stickyOf(who)) | bits;
  }, mode);
}

function whoOf(named: string): readonly Who[] {
  return (['u', 'g', 'o'] as const).filter((who) => named.includes(who));
}

/** `=` clears a class's permissions and its set-id bit; on a directory chmod(1) leaves the set-id bits alone. */
function clearedBy(who: Who, directory: boolean): number {
  return (0o7 << CLASSES[who]) | (directory ? 0 : SPECIAL[who]);
}

/** The sticky bit belongs to `o`, hence to `a` and to no class at all. */
function stickyOf(who: Who): number {
  return who === 'o' ? 0o1000 : 0;
}

function bitsOf(who: Who, letters: string, mode: number, directory: boolean): number {
  let bits = 0;
  for (const letter of letters) {
    if (letter === 'r') bits |= 4 << CLASSES[who];
    if (letter === 'w') bits |= 2 << CLASSES[who];
    if (letter === 'x' || (letter === 'X' && (directory || (mode & 0o111) !== 0))) bits |= 1 << CLASSES[who];
    if (letter === 's') bits |= SPECIAL[who];
    if (letter === 't' && who === 'o') bits |= 0o1000;
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
