// What the environment must say before the service starts. Problems name variables, never their values.

const PLACEHOLDER = 'generate-me-in-production';
const KEY = /^[A-Za-z0-9+/_-]{32,}={0,2}$/; // as `openssl rand -base64 32`, or `-hex 32`, makes them

const REQUIRED = {
  NODE_ENV: /^(production|test)$/,
  PORT: /^\d{1,5}$/,
  DEPLOY_DOMAIN: /^(?!www\.)[a-z0-9.-]+$/,
  NEXTAUTH_URL: /^https:\/\//,
  DATABASE_URL: /^(file:|postgres(ql)?:\/\/)/,
  NEXTAUTH_SECRET: KEY,
  CSRF_SECRET: KEY,
  CRON_SECRET: KEY,
  SESSION_ENCRYPTION_KEY: KEY,
  MFA_ENCRYPTION_KEY: KEY,
};

/** Only the worker can't do without it. */
const REDIS = { REDIS_URL: /^redis:\/\/\S+$/ };

/**
 * Reads and checks the environment.
 * @param {Record<string, string | undefined>} env
 * @param {{ worker?: boolean }} [options]
 * @returns {{ settings: { port: number, host: string, databaseUrl: string, redisUrl: string, domain: string, production: boolean }, problems: string[] }}
 */
export function readSettings(env, { worker = false } = {}) {
  const required = { ...REQUIRED, ...(worker || env.REDIS_URL ? REDIS : {}) };
  const problems = Object.entries(required).flatMap(([name, pattern]) => {
    const value = env[name] ?? '';
    if (value === '') return [`${name} is missing`];
    if (value === PLACEHOLDER) return [`${name} still holds the placeholder`];
    return pattern.test(value) ? [] : [`${name} is not as it must be`];
  });
  const settings = {
    port: Number(env.PORT),
    host: env.HOSTNAME ?? '0.0.0.0', // as Next.js has it
    databaseUrl: env.DATABASE_URL ?? '',
    redisUrl: env.REDIS_URL ?? '',
    domain: env.DEPLOY_DOMAIN ?? '',
    production: env.NODE_ENV === 'production',
  };
  return { settings, problems };
}

/**
 * Why the service must not start; undefined when it may.
 * @param {{ uid: number | undefined, problems: string[] }} found
 */
export function refusal({ uid, problems }) {
  if (uid === 0) return 'refusing to run as root: start the service as a user of its own';
  return problems.length === 0 ? undefined : `the environment is not complete:\n  ${problems.join('\n  ')}`;
}
