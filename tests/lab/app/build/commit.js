// Which commit the sources are.
import { run } from './run.js';

/**
 * 40 hexadecimal digits, with `-dirty` behind them when files differ from that commit; `unknown` where there is no git.
 * @param {string} root
 */
export async function commitOf(root) {
  try {
    const commit = (await run('git', ['-C', root, 'rev-parse', 'HEAD'])).trim();
    const changes = await run('git', ['-C', root, 'status', '--porcelain', '--', '.']);
    return changes === '' ? commit : `${commit}-dirty`;
  } catch {
    return 'unknown';
  }
}
