// What is answered to whom.
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { enqueue } from './jobs.js';
import { homePage, notesPage } from './pages.js';
import { openRedis } from './redis.js';

const TYPES = { '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };
const LARGEST_FORM = 64 * 1024;

/** The headers that a request through the web server in front must be answered with. */
export const SECURITY_HEADERS = [
  'Content-Security-Policy',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
  'Referrer-Policy',
  'X-Frame-Options',
  'Permissions-Policy',
];

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {{ client: any, kind: string, release: import('./release.js').Release, domain: string, redisUrl: string, startedAt: Date }} context
 */
export async function answer(request, response, context) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const route = `${request.method === 'HEAD' ? 'GET' : request.method} ${pathname}`;
  switch (route) {
    case 'GET /':
      return sendPage(response, (nonce) => homePage(context.release, context.domain, nonce));
    case 'GET /api/proof/headers':
      return proofHeaders(request, response, context);
    case 'GET /proof/build.json':
      if (context.release.proof === undefined) return send(response, 404, 'not built\n', 'text/plain');
      return send(response, 200, context.release.proof, 'application/json');
    case 'GET /notes':
      return notesAsPage(response, context);
    case 'GET /api/notes':
      return sendJson(response, 200, await recentNotes(context));
    case 'POST /notes':
      return addNote(request, response, context);
    case 'POST /jobs':
      return addJob(request, response, context);
    default:
      return pathname.startsWith('/_next/static/')
        ? asset(response, pathname, context)
        : send(response, 404, 'There is nothing here.\n', 'text/plain');
  }
}

/** The answer's headers are what is to be looked at; it is well when the database answers. */
async function proofHeaders(request, response, { client, kind, release, startedAt }) {
  const about = { time: new Date(), expected: SECURITY_HEADERS, forwarded: forwarded(request) };
  const service = { version: release.version, database: kind, startedAt };
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Security-Policy', policy(randomBytes(16).toString('base64')));
  try {
    const notes = await client.note.count();
    return sendJson(response, 200, { ok: true, ...about, ...service, notes });
  } catch (error) {
    console.error(`the database does not answer: ${error}`);
    return sendJson(response, 503, { ok: false, ...about, ...service });
  }
}

async function notesAsPage(response, context) {
  const notes = await recentNotes(context);
  sendPage(response, (nonce) => notesPage(context.release, notes, nonce));
}

/** A page with a policy that allows what carries its nonce, a fresh one each time. */
function sendPage(response, render) {
  const nonce = randomBytes(16).toString('base64');
  response.setHeader('Content-Security-Policy', policy(nonce));
  send(response, 200, render(nonce));
}

function policy(nonce) {
  const own = `'self' 'nonce-${nonce}'`;
  return `default-src 'self'; script-src ${own}; style-src ${own}; frame-ancestors 'none'; upgrade-insecure-requests`;
}

function recentNotes({ client }) {
  return client.note.findMany({ orderBy: { id: 'desc' }, take: 20 });
}

async function addNote(request, response, { client }) {
  const form = await readNote(request, response);
  if (form === undefined) return;
  await client.note.create({ data: { text: form.text } });
  response.writeHead(303, { Location: '/notes' });
  response.end();
}

/** A note that the worker writes, `seconds` after it has begun. */
async function addJob(request, response, { redisUrl }) {
  if (redisUrl === '') return send(response, 503, 'Nobody does jobs here.\n', 'text/plain');
  const form = await readNote(request, response);
  if (form === undefined) return;
  const redis = await openRedis(redisUrl);
  await enqueue(redis, { text: form.text, seconds: Number(form.seconds) });
  redis.close();
  send(response, 202, 'It is in the queue.\n', 'text/plain');
}

/** The form's note; undefined when it was refused, and then that is answered. */
async function readNote(request, response) {
  const body = await readBody(request);
  if (body === undefined) return send(response, 413, 'That is too long.\n', 'text/plain');
  const form = new URLSearchParams(body);
  const text = form.get('text')?.trim() ?? '';
  if (text === '' || text.length > 1000) return send(response, 400, 'A note has 1 to 1000 characters.\n', 'text/plain');
  return { text, seconds: form.get('seconds') ?? '0' };
}

/** Only what the build made is served, so no path can lead out of it. */
function asset(response, pathname, { release }) {
  const file = join(release.directory, '.next/static', pathname.slice('/_next/static/'.length));
  if (!Object.values(release.assets).includes(pathname) || !existsSync(file)) {
    return send(response, 404, 'There is no such file.\n', 'text/plain');
  }
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
  createReadStream(file).pipe(response);
}

/** What the web server in front says about the visitor. */
function forwarded({ headers }) {
  return Object.fromEntries(
    ['host', 'x-forwarded-proto', 'x-forwarded-for', 'x-real-ip'].map((name) => [name, headers[name] ?? null]),
  );
}

/** The body as text; undefined when it is too long. */
async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_FORM) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response, status, value) {
  send(response, status, `${JSON.stringify(value)}\n`, 'application/json');
}

function send(response, status, body, type = 'text/html; charset=utf-8') {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
