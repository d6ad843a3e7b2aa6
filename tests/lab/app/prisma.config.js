// How the Prisma command line reaches the database: through the same drivers as the service, so that hosts need no engine
// of Prisma's, which would have to be downloaded. DATABASE_URL says which database it is.
import { defineConfig } from 'prisma/config';

// Prisma looks for its engines even where they aren't used; existing files keep it from downloading them. `migrate resolve
// --rolled-back` asks one whether the database can be reached (in Prisma 6.19, always): this one says yes.
process.env.PRISMA_QUERY_ENGINE_LIBRARY ??= '/bin/true';
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= '/bin/true';

const url = process.env.DATABASE_URL ?? '';

export default defineConfig({
  engine: 'js',
  experimental: { adapter: true },
  schema: url.startsWith('postgres') ? 'prisma/postgresql/schema.prisma' : 'prisma/schema.prisma',
  adapter: () => (url.startsWith('postgres') ? postgres() : sqlite()),
});

async function sqlite() {
  const { PrismaLibSQL } = await import('@prisma/adapter-libsql');
  return new PrismaLibSQL({ url });
}

async function postgres() {
  const { default: pg } = await import('pg');
  const { PrismaPg } = await import('@prisma/adapter-pg');
  readNamesAsText(pg.Query);
  sayWhatIsWrong(pg.Query);
  return new PrismaPg({ connectionString: url, connectionTimeoutMillis: 10_000 });
}

/** The adapter doesn't know the type `name` (oid 19), which the migration engine asks for: it is text (oid 25). */
function readNamesAsText({ prototype }) {
  const { handleRowDescription } = prototype;
  prototype.handleRowDescription = function (message) {
    for (const field of message.fields) if (field.dataTypeID === 19) field.dataTypeID = 25;
    return handleRowDescription.call(this, message);
  };
}

/** The adapter keeps only the kind of an error: what the server itself said goes to standard error, without the row's content. */
function sayWhatIsWrong({ prototype }) {
  const { handleError } = prototype;
  prototype.handleError = function (error, connection) {
    if (error.severity !== undefined)
      process.stderr.write(`Database error: ${error.severity} ${error.code}: ${error.message}\n`);
    return handleError.call(this, error, connection);
  };
}
