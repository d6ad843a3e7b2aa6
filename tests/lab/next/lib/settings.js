// What the environment must say. Problems name variables, never their values.

const REQUIRED = {
  NODE_ENV: /^production$/,
  PORT: /^\d{1,5}$/,
  DEPLOY_DOMAIN: /^[a-z0-9.-]+$/,
  NEXTAUTH_URL: /^https:\/\//,
  DATABASE_URL: /^file:/,
  NEXTAUTH_SECRET: /^.{32,}$/,
  MFA_ENCRYPTION_KEY: /^.{32,}$/,
  CSRF_SECRET: /^.{32,}$/,
  CRON_SECRET: /^.{32,}$/,
  SESSION_ENCRYPTION_KEY: /^.{32,}$/,
};

/** A line for each variable that is missing or malformed. */
export function problems(env) {
  return Object.entries(REQUIRED).flatMap(([name, pattern]) => {
    if (!env[name]) return [`${name} is missing`];
    return pattern.test(env[name]) ? [] : [`${name} is not as it must be`];
  });
}

/** Ends the process where the environment is not complete. */
export function demandEnvironment() {
  const found = problems(process.env);
  if (found.length === 0) return;
  console.error(`the environment is not complete:\n  ${found.join('\n  ')}`);
  process.exit(78); // EX_CONFIG of sysexits.h
}
