// A complete environment for tests.
export function environment(changes = {}) {
  const key = 'A'.repeat(43);
  return {
    NODE_ENV: 'test',
    PORT: '3005',
    DEPLOY_DOMAIN: 'example.com',
    NEXTAUTH_URL: 'https://example.com',
    DATABASE_URL: 'file:/var/lib/vantus/prod.db',
    NEXTAUTH_SECRET: key,
    CSRF_SECRET: key,
    CRON_SECRET: key,
    SESSION_ENCRYPTION_KEY: key,
    MFA_ENCRYPTION_KEY: '0'.repeat(64),
    ...changes,
  };
}
