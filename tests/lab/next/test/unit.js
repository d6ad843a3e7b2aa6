import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problems } from '../lib/settings.js';

const COMPLETE = {
  NODE_ENV: 'production',
  PORT: '3005',
  DEPLOY_DOMAIN: 'example.com',
  NEXTAUTH_URL: 'https://example.com',
  DATABASE_URL: 'file:/nonexistent',
  NEXTAUTH_SECRET: 'n'.repeat(43),
  MFA_ENCRYPTION_KEY: 'm'.repeat(64),
  CSRF_SECRET: `${'c'.repeat(41)}+/=`,
  CRON_SECRET: 'r'.repeat(43),
  SESSION_ENCRYPTION_KEY: 's'.repeat(43),
};

test('a complete environment has no problems', () => assert.deepEqual(problems(COMPLETE), []));

test('each variable that is missing or malformed is named, without its value', () => {
  for (const name of Object.keys(COMPLETE)) {
    assert.deepEqual(problems({ ...COMPLETE, [name]: undefined }), [`${name} is missing`]);
    assert.deepEqual(problems({ ...COMPLETE, [name]: '?' }), [`${name} is not as it must be`]);
  }
});
