// How Prisma's command line reaches the database: through the same driver as the application.
import { defineConfig } from 'prisma/config';

// Prisma looks for its engines even where they aren't used; existing files keep it from downloading them.
process.env.PRISMA_QUERY_ENGINE_LIBRARY ??= '/bin/true';
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= '/bin/true';

export default defineConfig({
  engine: 'js',
  experimental: { adapter: true },
  schema: 'prisma/schema.prisma',
  adapter: async () => {
    const { PrismaLibSQL } = await import('@prisma/adapter-libsql');
    return new PrismaLibSQL({ url: process.env.DATABASE_URL ?? '' });
  },
});
