import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings, refusal } from '../lib/settings.js';
import { environment } from './environment.js';

test('a complete environment', () => {
  const { settings, problems } = readSettings(environment());
  assert.deepEqual(problems, []);
  assert.equal(settings.port, 3005);
  assert.equal(refusal({ uid: 1000, problems }), undefined);
});

test('what is missing, a placeholder or malformed is named, without its value', () => {
  const env = environment({
    CSRF_SECRET: undefined,
    CRON_SECRET: 'generate-me-in-production',
    MFA_ENCRYPTION_KEY: 'canary-value',
    DEPLOY_DOMAIN: 'www.example.com',
  });
  const { problems } = readSettings(env);
  assert.deepEqual(problems, [
    'DEPLOY_DOMAIN is not as it must be',
    'CSRF_SECRET is missing',
    'CRON_SECRET still holds the placeholder',
    'MFA_ENCRYPTION_KEY is not as it must be',
  ]);
  assert.doesNotMatch(refusal({ uid: 1000, problems }), /canary/);
});

test('only the worker can’t do without Redis', () => {
  assert.deepEqual(readSettings(environment()).problems, []);
  assert.deepEqual(readSettings(environment(), { worker: true }).problems, ['REDIS_URL is missing']);
  assert.deepEqual(readSettings(environment({ REDIS_URL: 'localhost' })).problems, ['REDIS_URL is not as it must be']);
});

test('root is refused', () => {
  assert.match(refusal({ uid: 0, problems: [] }), /root/);
});
