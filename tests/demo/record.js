// The end of the demo: the record of the last run, checked by the stock tools alone.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { bold, dim, green, heading, note, say } from './print.js';

/** Shows where the record is and checks its newest entry with ssh-keygen. Returns false when it doesn't verify. */
export function showRecord() {
  heading(`Record ${dim('– signed, chained, and checked without vrun')}`);
  const entry = `.vrun/log/${readdirSync('.vrun/log').sort().at(-1)}`;
  const { run, signer } = JSON.parse(readFileSync(entry, 'utf8').split('\n', 1)[0] ?? '').predicate;
  note(`Report:  .vrun/runs/${run}/report.md`);
  note(`Journal: .vrun/runs/${run}/journal.jsonl`);
  note(`Entry:   ${entry}, one of ${readdirSync('.vrun/log').length}\n`);
  const command = `sed 1d ${entry} | { sed 1q ${entry} | ssh-keygen -Y verify -f .vrun/allowed_signers -I ${signer} -n vrun-audit-entry-v1 -s /dev/fd/3; } 3<&0`;
  if (spawnSync('ssh-keygen', ['-?']).error) {
    note('ssh-keygen is not on this machine; with it this line checks the entry:');
    say(`   ${command}`);
    return true;
  }
  const entryValid = shown(command);
  const chainValid = shown('sh docs/verify-record.sh .vrun', (output) => output.trimEnd().split('\n').at(-1) ?? '');
  return entryValid && chainValid;
}

/**
 * @param {string} command
 * @param {(output: string) => string} tell  what of the output to show
 */
function shown(command, tell = (output) => output.trimEnd()) {
  say(`${dim('$')} ${command}`);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  say(status === 0 ? green(tell(stdout)) : bold(`${stdout}${stderr}`));
  return status === 0;
}
