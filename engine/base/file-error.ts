// Errors of the operating system, told apart by their code.

/** True for an error of the operating system with this code, such as `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** What errno(3) means to somebody who looks at a disk. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left there, or no inode',
  EDQUOT: 'the quota there is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'it is not permitted',
  EIO: 'the disk failed to read or write',
  EFBIG: 'the file would be larger than is allowed',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  EBUSY: 'it is in use',
  ESTALE: 'the server of this file system no longer knows it',
};

/** Why the operating system refused something, with the path where it named one; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const code = String(error.code);
  const reason = REASONS[code] === undefined ? error.message : `${REASONS[code]} (${code})`;
  return 'path' in error && typeof error.path === 'string' ? `${error.path}: ${reason}` : reason;
}
