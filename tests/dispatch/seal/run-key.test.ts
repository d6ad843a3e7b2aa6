// A run's key: wrapped for those who take part, and shut for everybody else.
import { Encrypter } from 'age-encryption';
import { beforeAll, expect, test } from 'vitest';
import { keyOfRegion, newRunKey, type RunKey, unwrap, wrap } from '../../../engine/dispatch/seal/run-key.ts';
import { opened, sealed } from '../../../engine/dispatch/seal/sealed.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { newIdentity } from '../../../engine/language/yaml/age.ts';
import { problemOf } from '../problem-of.ts';

interface Identity {
  readonly secret: Secret;
  readonly recipient: string;
}
const made = async (): Promise<Identity> => {
  const { key, recipient } = await newIdentity();
  return { secret: new Secret('age-identity', key), recipient };
};
const hex = ({ secret }: RunKey) => secret.export().toString('hex');

let one: Identity;
let two: Identity;
let other: Identity;
beforeAll(async () => {
  [one, two, other] = [await made(), await made(), await made()];
});

test('each of those that it is wrapped for opens it', async () => {
  const key = newRunKey();
  const bytes = await wrap(key, [one.recipient, two.recipient, one.recipient]);
  expect(hex(await unwrap(bytes, one.secret))).toBe(hex(key));
  expect(hex(await unwrap(bytes, two.secret))).toBe(hex(key));
  expect(Buffer.from(bytes).toString('latin1')).toMatch(/^age-encryption\.org\/v1\n(-> X25519 \S+\n\S+\n){2}---/);
  expect(Buffer.from(bytes).includes(key.secret.export())).toBe(false);
  expect(hex(newRunKey())).not.toBe(hex(key));
});

test('each region has a key of its own, and opens nothing of another’s', async () => {
  const key = newRunKey();
  const [eu, us] = [keyOfRegion(key, 'eu'), keyOfRegion(key, 'us')];
  expect(hex(keyOfRegion(key, 'eu'))).toBe(hex(eu));
  expect(new Set([key, eu, us, keyOfRegion(newRunKey(), 'eu')].map(hex)).size).toBe(4);
  const event = sealed(eu, 'ev/R/web1/1/1', Buffer.from('x'));
  expect(Buffer.from(opened(keyOfRegion(key, 'eu'), 'ev/R/web1/1/1', event)).toString()).toBe('x');
  for (const other of [us, key]) {
    expect((await problemOf(() => opened(other, 'ev/R/web1/1/1', event))).code).toBe('seal-broken');
  }
  expect(hex(await unwrap(await wrap(eu, [one.recipient]), one.secret))).toBe(hex(eu));
});

test('another worker is told who may, and who it is', async () => {
  const problem = await problemOf(async () => unwrap(await wrap(newRunKey(), [one.recipient]), other.secret));
  expect(problem.code).toBe('not-enrolled');
  expect(problem.detail).toContain('workers.yml listed, and hadn’t revoked, when the run began');
  expect(problem.detail).toContain(other.recipient);
  expect(problem.hint).toContain('vrun worker enroll');
});

test('what was cut or changed, and what is no key', async () => {
  const bytes = await wrap(newRunKey(), [one.recipient]);
  for (let length = 0; length < bytes.length; length += 7) {
    expect((await problemOf(() => unwrap(bytes.subarray(0, length), one.secret))).code).toBe('seal-broken');
  }
  for (let at = 0; at < bytes.length; at += 7) {
    const altered = Uint8Array.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ 1;
    // a stanza that is another one is for somebody else
    expect((await problemOf(() => unwrap(altered, one.secret))).code).toMatch(/^seal-broken$|^not-enrolled$/);
  }
  const encrypter = new Encrypter();
  encrypter.addRecipient(one.recipient);
  const short = await encrypter.encrypt(new Uint8Array(31));
  expect((await problemOf(() => unwrap(short, one.secret))).code).toBe('seal-broken');
});

test('nobody to wrap it for, and what is no recipient: all of them are told', async () => {
  expect(await problemOf(() => wrap(newRunKey(), []))).toMatchObject({ code: 'enrolment' });
  await expect(wrap(newRunKey(), ['age1x', one.recipient, 'age1y'])).rejects.toMatchObject({
    problems: [{ summary: '‹age1x› is no age recipient' }, { summary: '‹age1y› is no age recipient' }],
  });
});

test('what is no identity is never shown', async () => {
  const bytes = await wrap(newRunKey(), [one.recipient]);
  const problem = await problemOf(() => unwrap(bytes, new Secret('age-identity', 'hunter2-hunter2')));
  expect(problem.code).toBe('secret-unreadable');
  expect(JSON.stringify(problem)).not.toContain('hunter2');
});
