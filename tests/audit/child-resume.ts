// A process that goes on with a run until it is killed. Prints what is durably recorded.
import { openSigner } from '../../engine/audit/chain/signer.ts';
import { findDeadRun } from '../../engine/audit/dead-run.ts';
import { RunRecord } from '../../engine/audit/record.ts';
import { taskEvents } from './run-data.ts';

const [root = '', run = ''] = process.argv.slice(2);
const signer = await openSigner({ directory: root, operator: 'second@test' });
const before = (await findDeadRun(root, run)).resumed.length;
const record = await RunRecord.resume(root, signer, { run, operator: 'second@test', version: '0.1.0', before });
for (let task = 0; ; task++) {
  const [applying, finished] = taskEvents(run, 'web1', `again-${before}-${task}`);
  await record.emit(applying, { durable: true });
  process.stdout.write(`${applying.task.name}\n`);
  await record.emit(finished);
}
