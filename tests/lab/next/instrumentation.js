// Before the first request: the environment has to be complete.
export async function register() {
  if (process.env.NEXT_RUNTIME === 'nodejs') (await import('./lib/settings.js')).demandEnvironment();
}
