// A runbook of one play, for what would be long to write by hand.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/**
 * @param {string} directory
 * @param {object} play  without its name and hosts
 * @returns {Promise<string>} its path
 */
export async function writeRunbook(directory, play) {
  const path = join(directory, 'runbook.yml');
  await writeFile(path, stringify([{ name: 'Bench', hosts: 'web', ...play }]));
  return path;
}
