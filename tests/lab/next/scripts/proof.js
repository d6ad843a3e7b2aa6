// Writes public/proof/build.json: which commit this is, and which gates ran. `PROOF_GATE_… = passed | failed` says how one ended.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const GATES = {
  'ESLint enforced': process.env.PROOF_GATE_LINT,
  'Vitest unit suite': process.env.PROOF_GATE_TEST,
  'Playwright e2e suite': process.env.PROOF_GATE_E2E,
};

const { VERCEL_GIT_COMMIT_SHA, GITHUB_SHA } = process.env;
const commit =
  VERCEL_GIT_COMMIT_SHA ?? GITHUB_SHA ?? execFileSync('git', ['-C', ROOT, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
const proof = {
  commit: commit.slice(0, 12),
  builtAt: new Date().toISOString(),
  depsSha256: createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex'),
  generated: true,
  gatesConfigured: Object.keys(GATES),
  gatesRan: Object.entries(GATES).map(([name, result]) => ({
    name,
    ran: result !== undefined,
    ...(result === undefined ? {} : { passed: result === 'passed' }),
  })),
};
mkdirSync(join(ROOT, 'public/proof'), { recursive: true });
writeFileSync(join(ROOT, 'public/proof/build.json'), `${JSON.stringify(proof, null, 2)}\n`);
