// `npm run build`: makes beside the sources what they lack, the generated database clients and the hashed assets.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashAssets } from './assets.js';
import { generateClients } from './clients.js';

const ROOT = join(import.meta.dirname, '..');

const cache = await mkdtemp(join(tmpdir(), 'vantus-build-'));
await generateClients(ROOT, cache);
await hashAssets(join(ROOT, 'assets'), join(ROOT, '.next'));
await rm(cache, { recursive: true });
