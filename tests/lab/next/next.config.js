export default {
  output: 'standalone',
  poweredByHeader: false,
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  serverExternalPackages: ['@prisma/adapter-libsql', 'ioredis'],
};
