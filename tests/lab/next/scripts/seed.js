// The first administrator, once.
import { randomBytes, scryptSync } from 'node:crypto';
import { database } from '../lib/database.js';

const { ADMIN_BOOTSTRAP_EMAIL: email, ADMIN_BOOTSTRAP_PASSWORD: password, BOOTSTRAP_ACCOUNT_ENABLED } = process.env;
const client = await database();
if (BOOTSTRAP_ACCOUNT_ENABLED === 'true' && email && password && (await client.administrator.count()) === 0) {
  const salt = randomBytes(16);
  const hash = `${salt.toString('hex')}:${scryptSync(password, salt, 32).toString('hex')}`;
  await client.administrator.create({ data: { email, password: hash } });
  console.log('the first administrator is there');
}
process.exit(0);
