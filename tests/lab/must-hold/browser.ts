// A visitor with Debian's Chromium: a profile of its own, the names of borrowed hosts, and certificates checked against the lab's authority.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { run } from '../command.js';
import { ACME, address } from '../lab-api.js';
import { BROWSER, installPrerequisites } from '../prerequisites.js';

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const HERE = ['--no-sandbox', '--disable-gpu', '--disable-quic'];

/** What a page had under way when the visitor left it: no fault of the site's. */
const ABORTED = 'net::ERR_ABORTED';

export interface Visitor {
  open(): Promise<Page>;
  /** Whatever went wrong in any page so far: errors in the console, of scripts, requests that failed or were answered with 400 and above. */
  readonly faults: readonly string[];
  end(): Promise<void>;
}

/** A visitor of borrowed hosts; without any, of this machine. Nothing else is found. */
export async function visitorOf(hosts: readonly string[]): Promise<Visitor> {
  await installPrerequisites(console.warn, BROWSER);
  const home = mkdtempSync(join(tmpdir(), 'vrun-visitor-'));
  if (hosts.length > 0) await trust(home);
  const names = hosts.map((host) => `MAP ${host}.lab.test ${address(host)}`);
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [...QUIET, ...HERE, `--host-resolver-rules=${[...names, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'].join(', ')}`],
    env: { ...process.env, HOME: home },
  });
  const faults: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  context.on('weberror', (error) => faults.push(error.error().message));
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (why !== ABORTED) faults.push(`${request.method()} ${request.url()}: ${why}`);
  });
  context.on('response', (answer) => {
    if (answer.status() >= 400) faults.push(`${answer.url()}: ${answer.status()}`);
  });
  const end = async () => {
    await context.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { open: () => context.newPage(), faults, end };
}

/** Chromium on Linux trusts what the user's NSS database does: https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md */
async function trust(home: string): Promise<void> {
  const database = join(home, '.pki/nssdb');
  mkdirSync(database, { recursive: true });
  await run('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
  await run('certutil', ['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'lab', '-i', ACME.rootFile]);
}
