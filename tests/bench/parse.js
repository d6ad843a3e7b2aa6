// Parses YAML files and does nothing else: the least that who reads them has to do.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

for (const path of process.argv.slice(2)) parse(readFileSync(path, 'utf8'));
