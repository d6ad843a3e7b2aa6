// The service in this process, on a port of its own and a database made by the migrations.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createClient } from '@libsql/client';
import { readRelease } from '../lib/release.js';
import { SECURITY_HEADERS } from '../lib/routes.js';
import { startService } from '../lib/service.js';

const ROOT = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'vantus-test-'));
const databaseUrl = `file:${join(directory, 'test.db')}`;
let service;
let base = '';

before(async () => {
  const database = createClient({ url: databaseUrl });
  const migrations = join(ROOT, 'prisma/migrations');
  for (const name of readdirSync(migrations)
    .filter((entry) => /^\d{14}_/.test(entry))
    .sort()) {
    await database.executeMultiple(readFileSync(join(migrations, name, 'migration.sql'), 'utf8'));
  }
  database.close();
  const release = { ...readRelease(ROOT), commit: 'f'.repeat(40), proof: '{"commit":"f"}' };
  service = await startService(
    { port: 0, host: '127.0.0.1', databaseUrl, domain: 'example.com', redisUrl: '', production: false },
    release,
  );
  base = `http://127.0.0.1:${service.port}`;
});
after(() => rmSync(directory, { recursive: true }));

test('the home page names its stylesheet', async () => {
  const text = await (await fetch(`${base}/`)).text();
  assert.match(text, /<link rel="stylesheet" href="\/[^"]+\.css">/);
  assert.match(text, /ffffffffffff/);
});

test('health asks the database', async () => {
  const response = await fetch(`${base}/api/proof/headers`);
  const body = await response.json();
  assert.equal(response.status, 200);
  assert.deepEqual([body.ok, body.database, body.notes], [true, 'sqlite', 0]);
  assert.equal(response.headers.get('cache-control'), 'no-store');
});

test('what is inline carries the nonce of its answer', async () => {
  const nonces = [];
  for (const path of ['/', '/notes']) {
    const response = await fetch(`${base}${path}`);
    const [, nonce] = /script-src 'self' 'nonce-([^']+)'/.exec(response.headers.get('content-security-policy'));
    assert.match(await response.text(), new RegExp(`<script nonce="${nonce.replaceAll(/[+/]/g, '.')}">`));
    nonces.push(nonce);
  }
  assert.notEqual(nonces[0], nonces[1]);
});

test('a note is kept and shown, as text', async () => {
  const body = new URLSearchParams({ text: '<b>Größe</b>' });
  const response = await fetch(`${base}/notes`, { method: 'POST', body, redirect: 'manual' });
  assert.equal(response.status, 303);
  assert.match(await (await fetch(`${base}/notes`)).text(), /<li>&lt;b&gt;Größe&lt;\/b&gt;<\/li>/);
  assert.equal((await (await fetch(`${base}/api/notes`)).json())[0].text, '<b>Größe</b>');
  assert.equal((await fetch(`${base}/notes`, { method: 'POST', body: 'text=' })).status, 400);
});

test('proof', async () => {
  assert.equal(await (await fetch(`${base}/proof/build.json`)).text(), '{"commit":"f"}');
  const headers = await (await fetch(`${base}/api/proof/headers`)).json();
  assert.deepEqual(headers.expected, SECURITY_HEADERS);
});

test('nothing but what the build made is served from disk', async () => {
  for (const path of ['/_next/static/../../package.json', '/_next/static/%2e%2e/package.json', '/none']) {
    assert.equal((await fetch(`${base}${path}`)).status, 404);
  }
});

test('a request in flight is finished, a new one refused, the end noted', async () => {
  const encoder = new TextEncoder();
  let send;
  const body = new ReadableStream({
    start: (controller) => {
      send = controller;
    },
  });
  const pending = fetch(`${base}/notes`, { method: 'POST', body, duplex: 'half', redirect: 'manual' });
  send.enqueue(encoder.encode('text=last'));
  while (service.inFlight() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const stopped = service.stop();
  await assert.rejects(fetch(`${base}/`));
  send.enqueue(encoder.encode('+words'));
  send.close();
  assert.equal((await pending).status, 303);
  await stopped;
  const database = createClient({ url: databaseUrl });
  const { rows } = await database.execute(
    'SELECT text, (SELECT stoppedAt FROM "Start") AS stopped FROM "Note" ORDER BY id DESC',
  );
  database.close();
  assert.equal(rows[0].text, 'last words');
  assert.notEqual(rows[0].stopped, null);
});
