// Paths of a host: what a parameter may hold, and the directories above it.
import type { ParameterProblem } from '../../language/runbook/catalog.ts';

/**
 * Problems of parameters that hold absolute paths. Control characters are refused because what tools print about such
 * a name can't be told from their other lines; `..` because a textual path would then not say where it leads.
 */
export function checkPaths(
  params: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly ParameterProblem[] {
  return names.flatMap((parameter) => {
    const path = params[parameter];
    const problem = typeof path === 'string' ? pathProblem(path) : undefined;
    return problem ? [{ parameter, ...problem }] : [];
  });
}

/** What is wrong with an absolute path, or undefined. */
export function pathProblem(path: string): { readonly summary: string; readonly hint: string } | undefined {
  if (hasControl(path)) {
    return { summary: 'A path must not hold control characters', hint: 'Take the line break or tab out of it.' };
  }
  if (!path.startsWith('/')) {
    return { summary: 'The path must be absolute', hint: 'Write it from the root: /etc/motd, not ~/motd or motd.' };
  }
  const long = path.split('/').some((part) => Buffer.byteLength(part) > 255) || Buffer.byteLength(path) > 4095;
  if (long) {
    return { summary: 'The path is too long', hint: 'A name in it has at most 255 bytes, and all of it 4095.' };
  }
  if (path.split('/').includes('..')) {
    return { summary: 'A path must not hold ".."', hint: 'Write the path that it leads to.' };
  }
  return undefined;
}

/** True for a line break, a tab or any other C0 or C1 control character. */
export function hasControl(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}

/** Without doubled slashes, `.` components and a trailing slash. */
export function cleanPath(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}

/** The directory that holds it; `/` for `/` itself. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** All directories above it, the outermost first, without `/`. */
export function ancestors(path: string): readonly string[] {
  const parts = parentOf(path).split('/').slice(1);
  return parts[0] === '' ? [] : parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

/** The last component. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
