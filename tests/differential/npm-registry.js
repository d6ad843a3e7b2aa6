// A registry of a few small packages, for npm: prints its port (the argument, or any), and ends with its standard input.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TOOL = { bin: { tool: 'tool.js' } };

/** @type {Record<string, Record<string, object>>} */
const PACKAGES = {
  tool: {
    '1.0.0': TOOL,
    '1.1.0': { ...TOOL, dependencies: { left: '^1.0.0' } },
    '2.0.0': TOOL,
    '3.0.0-beta.1': { ...TOOL, scripts: { install: 'exit 1' } },
  },
  '@s/tool': { '1.0.0': { bin: { 's-tool': 'tool.js' }, scripts: { install: 'id -un >by' } } },
  left: { '1.0.0': {}, '1.1.0': {}, '2.0.0': {} },
  right: { '1.0.0': { dependencies: { left: '^1.0.0' } }, '2.0.0': { dependencies: { left: '^2.0.0' } } },
  peer: { '1.0.0': { peerDependencies: { left: '^1.0.0' } } },
  opt: { '1.0.0': { optionalDependencies: { elsewhere: '^1.0.0' } } },
  elsewhere: { '1.0.0': { os: ['win32'] } },
  '@s/scoped': { '1.0.0': { dependencies: { right: '^1.0.0' } }, '1.2.0': { dependencies: { right: '^2.0.0' } } },
};

const base = mkdtempSync(join(tmpdir(), 'vrun-registry-'));
/** @type {Map<string, Buffer>} */
const tarballs = new Map();
for (const [name, versions] of Object.entries(PACKAGES)) {
  for (const [version, more] of Object.entries(versions)) {
    mkdirSync(join(base, 'package'), { recursive: true });
    writeFileSync(join(base, 'package/package.json'), JSON.stringify({ name, version, ...more }));
    writeFileSync(join(base, 'package/tool.js'), `#!/usr/bin/env node\nconsole.log('${version}');\n`);
    execFileSync('tar', ['-czf', 'p.tgz', 'package'], { cwd: base });
    tarballs.set(`${name}@${version}`, readFileSync(join(base, 'p.tgz')));
  }
}
rmSync(base, { recursive: true });

const server = createServer((request, response) => {
  const [, name = '', version] =
    /^\/((?:@[^/]+\/)?[^/@]+)(?:@([\d.]+)\.tgz)?$/.exec(decodeURIComponent(request.url ?? '')) ?? [];
  const versions = PACKAGES[name];
  if (versions === undefined) return void response.writeHead(404).end('{}');
  if (version !== undefined) return void response.end(tarballs.get(`${name}@${version}`));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const all = Object.entries(versions).map(([one, more]) => {
    const bytes = tarballs.get(`${name}@${one}`) ?? Buffer.alloc(0);
    const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const dist = { tarball: `http://127.0.0.1:${port}/${name}@${one}.tgz`, integrity };
    return [one, { name, version: one, ...more, dist }];
  });
  response.setHeader('content-type', 'application/json');
  const latest = all.findLast(([one]) => !String(one).includes('-'))?.[0];
  const tags = { latest, next: all.at(-1)?.[0] };
  response.end(JSON.stringify({ name, 'dist-tags': tags, versions: Object.fromEntries(all) }));
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`${/** @type {import('node:net').AddressInfo} */ (server.address()).port}\n`);
});
process.stdin.resume().on('end', () => process.exit());
