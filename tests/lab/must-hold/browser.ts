// A visitor with Debian's Chromium: a profile of its own, the names of borrowed hosts, and certificates checked against the lab's authority.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { attempt, run } from '../command.js';
import { ACME, address, BRIDGE } from '../lab-api.js';
import { tryLock } from '../lock.js';
import { BROWSER, installPrerequisites } from '../prerequisites.js';

const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const HERE = ['--no-sandbox', '--disable-gpu', '--disable-quic'];

/** What a page had under way when the visitor left it: no fault of the site's. */
const ABORTED = 'net::ERR_ABORTED';

export interface Visitor {
  open(): Promise<Page>;
  /** Whatever went wrong in any page so far: errors in the console, of scripts, requests that failed or were answered with 400 and above. */
  readonly faults: readonly string[];
  /** Words that run a command in the visitor's network: that of its own loopback. */
  readonly inside: readonly string[];
  end(): Promise<void>;
}

/** A visitor of borrowed hosts; without any, of what is started on its own loopback. Nothing else is found. */
export async function visitorOf(hosts: readonly string[]): Promise<Visitor> {
  await installPrerequisites(console.warn, BROWSER);
  const home = mkdtempSync(join(tmpdir(), 'vrun-visitor-'));
  if (hosts.length > 0) await trust(home);
  const network = await ownNetwork();
  const browser = join(home, 'chromium');
  writeFileSync(browser, `#!/bin/sh\nexec ${network.inside.join(' ')} /usr/bin/chromium "$@"\n`, { mode: 0o755 });
  const names = hosts.map((host) => `MAP ${host}.lab.test ${address(host)}`);
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: browser,
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
    await network.end();
    rmSync(home, { recursive: true, force: true });
  };
  return { open: () => context.newPage(), faults, inside: network.inside, end };
}

/** Adds a script that nobody gave a nonce. @returns what it did: undefined when it was blocked */
export async function plantScript(page: Page): Promise<unknown> {
  await page.evaluate(
    `document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = true' }))`,
  );
  return page.evaluate('window.ran');
}

/** A network of its own on the lab's bridge: Chromium ends what is under way whenever this machine gets another address, as with each host that boots. */
async function ownNetwork(): Promise<{ inside: readonly string[]; end(): Promise<void> }> {
  const [number, unlock] = await freeNumber();
  const name = `vrun-visitor${number}`;
  const inside = ['nsenter', `--net=/run/netns/${name}`];
  const own = (...words: readonly string[]) => run('ip', ['-n', name, ...words]);
  await attempt('ip', ['netns', 'delete', name]); // whose holder has died
  await run('ip', ['netns', 'add', name]);
  await run('nsenter', [...inside.slice(1), 'sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6']);
  await own('link', 'set', 'lo', 'up');
  if ((await attempt('ip', ['link', 'show', 'dev', BRIDGE])).status === 0) {
    const peer = `vrunv${number}`;
    await run('ip', ['link', 'add', peer, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
    await run('ip', ['link', 'set', peer, 'master', BRIDGE, 'up']);
    await own('address', 'add', `10.231.77.${100 + number}/24`, 'dev', 'eth0');
    await own('link', 'set', 'eth0', 'up');
  }
  const end = async () => {
    await run('ip', ['netns', 'delete', name]);
    unlock();
  };
  return { inside, end };
}

/** One that no other visitor has, with its lock. */
async function freeNumber(): Promise<readonly [number, () => void]> {
  for (let number = 0; number < 100; number += 1) {
    const unlock = await tryLock(`visitor/${number}`);
    if (unlock) return [number, unlock];
  }
  throw new Error('a hundred visitors are enough');
}

/** Chromium on Linux trusts what the user's NSS database does: https://chromium.googlesource.com/chromium/src/+/main/docs/linux/cert_management.md */
async function trust(home: string): Promise<void> {
  const database = join(home, '.pki/nssdb');
  mkdirSync(database, { recursive: true });
  await run('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
  await run('certutil', ['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'lab', '-i', ACME.rootFile]);
}
