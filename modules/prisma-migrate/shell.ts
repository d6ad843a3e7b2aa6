// Shell text that runs Prisma's command line in an application's directory: with the variables of its environment file, as
// its user, and with what it prints cleared of the database's URL and password before any of it leaves the host.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import { asUser } from '../../engine/resources/command/as-user.ts';
import CLEARED from './cleared.awk';
import EXPORTS from './exports.awk';
import PERCENT from './percent.awk';

export interface PrismaCall {
  /** The application's directory. */
  readonly path: string;
  /** Relative to it. */
  readonly schema: string;
  readonly envFile: string | undefined;
  readonly user: string | undefined;
  readonly command: readonly string[];
}

/**
 * Functions and variables for what follows: `as WORDS` runs as the user, `prisma WORDS` is the command, `execute SQL` has the
 * database execute it, `cleared` is a filter.
 */
export function prismaShell({ path, schema, envFile, user, command }: PrismaCall): Script {
  return lines(
    sh`cd -- ${path} || exit 1`,
    envFile === undefined
      ? undefined
      : sh`vrun_exports=$(awk ${EXPORTS} <${envFile}) || { echo ${`a value in ${envFile} has no end on its line`} >&2; exit 1; }
eval "$vrun_exports"`,
    sh`export CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 NO_COLOR=1`,
    asUser(user),
    sh`prisma() { as ${command} "$@"; }`,
    // Prisma 7 reads the database's URL from its configuration only, and refuses --schema there.
    sh`execute() {
vrun_said=$(printf '%s\n' "$1" | prisma db execute --stdin --schema ${schema} 2>&1)
set -- "$1" "$?"
case $vrun_said in
*'unexpected option: --schema'*)
  vrun_said=$(printf '%s\n' "$1" | prisma db execute --stdin 2>&1)
  set -- "$1" "$?"
  ;;
esac
printf '%s\n' "$vrun_said"
return "$2"
}`,
    sh`cleared() { LC_ALL=C awk ${`${PERCENT}\n${CLEARED}`}; }`,
  );
}
