// A run that goes on until it is killed (or, with a number of tasks, to its seal). Prints what is durably recorded.

import { openSigner } from '../../engine/audit/chain/signer.ts';
import { RunRecord } from '../../engine/audit/record.ts';
import { opening, taskEvents } from './run-data.ts';

const [root = '', tasks = 'Infinity'] = process.argv.slice(2);
const signer = await openSigner({ directory: root, operator: 'ops@test' });
const record = await RunRecord.open(root, signer, opening());
for (let task = 0; task < Number(tasks); task++) {
  const hosts = ['web1', 'web2', 'web3'];
  await Promise.all(
    hosts.map(async (host) => {
      const [applying, finished] = taskEvents(record.run, host, `task-${task}`);
      await record.emit(applying, { durable: true });
      process.stdout.write(`${record.run} ${host} task-${task}\n`);
      await record.emit(finished);
    }),
  );
}
await record.seal('ok', {});
