// Migrations of a database that Prisma keeps: https://www.prisma.io/docs/orm/prisma-migrate. A migration that failed is for a
// person to resolve; nothing here ever does.
import { isMap } from '../../engine/base/plain-data.ts';
import { defineModule, named, pathThing, Type, things, treeThing } from '../../engine/module/index.ts';
import { USER_NAME } from '../../engine/resources/command/as-user.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { planMigrations } from './plan.ts';
import { type MigrateWant, parseMigrations, pendingMigrations, probeMigrations } from './probe.ts';

export default defineModule({
  name: 'prisma-migrate',
  summary: "Apply the pending migrations of an application's database, with Prisma",
  example: `
- name: Database
  prisma-migrate:
    path: /var/www/vantus/releases/4f2a91c03b7d
    env_file: /etc/default/vantus
    user: vantus
    backup: { path: /var/lib/vantus/backups }
`,
  params: Type.Object({
    path: Type.String({ minLength: 1, description: "Absolute path of the application's directory" }),
    schema: Type.String({
      default: 'prisma/schema.prisma',
      minLength: 1,
      description:
        'Schema, relative to that directory; its migrations lie in migrations/ beside it, or where prisma.config.ts says',
    }),
    env_file: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Absolute path of the file of NAME=value lines that sets DATABASE_URL',
      }),
    ),
    user: Type.Optional(
      Type.String({ minLength: 1, description: 'User to run Prisma as: the one that the database belongs to' }),
    ),
    command: Type.Array(Type.String({ minLength: 1 }), {
      default: ['node_modules/.bin/prisma'],
      minItems: 1,
      description: "Prisma's command line, as words",
    }),
    backup: Type.Optional(
      Type.Object(
        {
          path: Type.String({
            minLength: 1,
            description: 'Absolute path of the directory for backups; made when missing',
          }),
          keep: Type.Integer({ default: 5, minimum: 1, description: 'How many of them to keep' }),
        },
        { description: 'Copy the database before migrations are applied: SQLite, or PostgreSQL by pg_dump' },
      ),
    ),
    create: Type.Boolean({
      default: true,
      description: 'Make a file of SQLite that isn’t there; false: one that isn’t there was lost, which is a failure',
    }),
    timeout: Type.Integer({ default: 600, minimum: 1, description: 'Seconds that the migrations may take' }),
  }),
  results: Type.Object({
    pending: Type.Optional(
      Type.Array(Type.String(), { description: 'Names of the migrations that were applied, or in a dry run would be' }),
    ),
    failed: Type.Optional(
      Type.Array(Type.String(), { description: 'Names of those that failed, now or in an earlier run' }),
    ),
    backup: Type.Optional(Type.String({ description: 'Path of the backup, where one was made' })),
  }),
  manual: {
    reads:
      "Which migrations of the release the database has, by its own client (sqlite3 or psql) where the host has it: when they are all there, that is all. Else, and where it isn't sure which database is meant, what `prisma migrate status` says, and which attempts were rolled back. A file of SQLite that isn't there is not asked for, since asking would make it: then all migrations of the release are pending.",
    changes:
      '`prisma migrate deploy` applies all that are pending; before it a backup is made where one is wanted. SQLite keeps each statement of a migration that fails half-way.',
    dryRun: 'Whether a migration will succeed. Where the release has no list of migrations, Prisma decides in the run.',
    needs:
      'Node.js and Prisma in the release; for backups of PostgreSQL pg_dump, of SQLite nothing (sqlite3 where it is there). With sqlite3 or psql on the host a database that is up to date is read in a hundredth of the time.',
    tried: 'Prisma 6.19.3 with its drivers for SQLite (libSQL) and PostgreSQL 15; Node.js 20; Debian 12.',
  },
  costly: true,

  checkParams: (params) => {
    const { schema, user, command, backup } = params;
    const words = Array.isArray(command) ? command : [];
    return [
      ...checkPaths(params, ['path', 'env_file']),
      ...checkPaths({ 'backup.path': isMap(backup) ? backup.path : undefined }, ['backup.path']),
      ...(typeof schema === 'string' &&
      (hasControl(schema) || schema.startsWith('/') || schema.split('/').includes('..'))
        ? [
            {
              parameter: 'schema',
              summary: 'The schema is a path inside the application',
              hint: 'Write prisma/schema.prisma.',
            },
          ]
        : []),
      ...(typeof user === 'string' && !USER_NAME.test(user)
        ? [{ parameter: 'user', summary: 'Not the name of a user', hint: 'Write the name as in /etc/passwd.' }]
        : []),
      ...(words.some((word) => typeof word === 'string' && hasControl(word))
        ? [
            {
              parameter: 'command',
              summary: 'A word must not hold control characters',
              hint: 'Take the line break out.',
            },
          ]
        : []),
    ];
  },

  prepare: (params): MigrateWant => ({
    path: cleanPath(params.path),
    schema: params.schema,
    envFile: params.env_file,
    user: params.user,
    command: params.command,
    backup: params.backup && { ...params.backup, path: cleanPath(params.backup.path) },
    create: params.create,
    timeout: params.timeout,
  }),

  probe: probeMigrations,
  parse: parseMigrations,
  pending: pendingMigrations,
  about: ({ path }) => [...things('database of', path), ...treeThing(named`${path}/prisma`)],
  looksAt: ({ env_file: file }) => pathThing(file),
  plan: planMigrations,
});
