// Starts the service: settings, database, HTTP on HOSTNAME and PORT; SIGTERM lets requests in flight finish.
import { readRelease } from './lib/release.js';
import { startService } from './lib/service.js';
import { readSettings, refusal } from './lib/settings.js';

const { settings, problems } = readSettings(process.env);
const refused = refusal({ uid: process.getuid?.(), problems });
if (refused !== undefined) {
  process.stderr.write(`${refused}\n`);
  process.exit(78); // EX_CONFIG of sysexits.h
}

const service = await startService(settings, readRelease(import.meta.dirname));
console.log(`listening on ${settings.host}:${service.port}, version ${service.version}, database ${service.database}`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    if (stopping) return; // whoever started it may pass on a second one
    stopping = true;
    console.log(`${signal}: finishing ${service.inFlight()} requests`);
    await service.stop();
    console.log('stopped');
    process.exit(0);
  });
}
