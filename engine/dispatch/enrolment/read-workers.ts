// workers.yml: who may take part in dispatched runs. A map of names, each with the public keys of one worker.

import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { type Position, SourceText } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import { encrypterFor } from '../../language/yaml/age.ts';
import { readYaml, type YamlEntry, type YamlNode } from '../../language/yaml/yaml.ts';
import { isPublicKey, type PublicKey, parsePublicKey } from '../../signature/public-key.ts';
import { isPublicNkey } from './nkey.ts';
import { isName, type ListedWorker, NAME_FORM, type Worker } from './worker.ts';

const REQUIRED = ['region', 'age', 'ssh', 'nats', 'enrolled'] as const;
type Field = (typeof REQUIRED)[number] | 'revoked';
const FIELDS: readonly string[] = [...REQUIRED, 'revoked'] satisfies readonly Field[];

/** What a field must be, in the words of a Problem. */
const FORMS: Readonly<Record<Field, string>> = {
  region: NAME_FORM,
  age: 'It is an X25519 recipient, ‹age1…›.',
  ssh: 'It is the line of an Ed25519 key, ‹ssh-ed25519 AAAA…›.',
  nats: 'It is the public NKey of a user, ‹U…›.',
  enrolled: 'It is a time in UTC, such as ‹2026-05-01T09:30:00Z›.',
  revoked: 'It is a time in UTC, such as ‹2026-05-01T09:30:00Z›.',
};

/** What nobody should have put into a file that is shared. */
const PRIVATE = /AGE-SECRET-KEY-|\bSU[A-Z2-7]{56}\b|PRIVATE KEY/;

/**
 * The workers in the text of a file, in its order; those that are whole, beside everything that is wrong in `problems`
 * (`enrolment`, or what YAML itself says). No line is shown of a text that holds a private key.
 */
export async function readWorkers(file: string, text: string, problems: Problem[]): Promise<readonly ListedWorker[]> {
  const root = readYaml(new SourceText(file, text, PRIVATE.test(text)), { version: '1.2', problems });
  if (root === undefined || (root.kind === 'scalar' && root.value === null)) return [];
  if (root.kind !== 'map') {
    problems.push(
      fault('Workers are a map of names', root.at, 'Write the name, and below it what ‹vrun worker enroll› prints.'),
    );
    return [];
  }
  const workers: ListedWorker[] = [];
  for (const entry of root.entries) {
    const worker = await readWorker(entry, problems);
    if (worker !== undefined) workers.push(worker);
  }
  problems.push(...sharedKeys(workers));
  return workers;
}

async function readWorker(
  { key: name, keyAt: at, value }: YamlEntry,
  problems: Problem[],
): Promise<ListedWorker | undefined> {
  if (!isName(name)) problems.push(fault(`‹${name}› can’t be the name of a worker`, at, NAME_FORM));
  if (value.kind !== 'map') {
    problems.push(fault(`The worker ‹${name}› must be a map`, value.at, `It has ${REQUIRED.join(', ')}.`));
    return undefined;
  }
  const fields = new Map<string, YamlNode>();
  for (const { key, keyAt, value: node } of value.entries) {
    if (FIELDS.includes(key)) fields.set(key, node);
    else {
      const hint = didYouMean(key, FIELDS) ?? `There are ${FIELDS.join(', ')}.`;
      problems.push(fault(`A worker has no ‹${key}›`, keyAt, hint));
    }
  }
  const missing = REQUIRED.filter((field) => !fields.has(field));
  if (missing.length > 0) {
    const hint = 'Add what is printed on the worker’s machine by:\n    vrun worker enroll --name NAME --region REGION';
    problems.push(fault(`The worker ‹${name}› lacks ${missing.join(', ')}`, at, hint));
  }
  const text = async (field: Field, isForm: (text: string) => boolean | Promise<boolean>) => {
    const node = fields.get(field);
    return node === undefined ? undefined : wellFormed(field, node, isForm, problems);
  };
  const region = await text('region', isName);
  const age = await text('age', isRecipient);
  const ssh = signingKey(await text('ssh', (line) => signingKey(line) !== undefined));
  const nats = await text('nats', isPublicNkey);
  const enrolled = await text('enrolled', isTime);
  const revoked = await text('revoked', isTime);
  // a worker whose revocation can't be read is none
  const whole = isName(name) && (revoked !== undefined || !fields.has('revoked'));
  const last = value.entries.at(-1);
  if (!whole || !region || !age || !ssh || !nats || !enrolled || !last) return undefined;
  return { name, region, age, ssh, nats, enrolled, revoked, at, last: { keyAt: last.keyAt, at: last.value.at } };
}

async function wellFormed(
  field: Field,
  node: YamlNode,
  isForm: (text: string) => boolean | Promise<boolean>,
  problems: Problem[],
): Promise<string | undefined> {
  const text = node.kind === 'scalar' && node.value !== null ? asWritten(node.value, node.raw) : undefined;
  if (text !== undefined && (await isForm(text))) return text;
  problems.push(
    text !== undefined && PRIVATE.test(text)
      ? {
          ...fault(
            `A private key stands as ‹${field}›`,
            node.at,
            'Make new keys for this worker: whoever can read this file has that one.',
          ),
          detail: `Here is the public half only. ${FORMS[field]}`,
        }
      : fault(`This is no ‹${field}› of a worker`, node.at, FORMS[field]),
  );
  return undefined;
}

/** A region may be called `1` or `true`. */
function asWritten(value: string | number | boolean, raw: string): string {
  return typeof value === 'string' ? value : raw;
}

async function isRecipient(text: string): Promise<boolean> {
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(text)) return false;
  return encrypterFor([text]).then(
    () => true,
    () => false,
  );
}

function signingKey(line: string | undefined): PublicKey | undefined {
  const key = line === undefined ? undefined : parsePublicKey(line);
  return key?.type === 'ssh-ed25519' && isPublicKey(key.blob) ? key : undefined;
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** A key is one worker's alone: whoever is revoked, or signs, would be two. */
function sharedKeys(workers: readonly ListedWorker[]): readonly Problem[] {
  return KEY_FIELDS.flatMap((field) => {
    const owners = new Map<string, string>();
    return workers.flatMap((worker) => {
      const owner = owners.get(keyText(worker, field));
      owners.set(keyText(worker, field), owner ?? worker.name);
      if (owner === undefined) return [];
      const hint = 'Each worker has keys of its own: make some with ‹vrun worker enroll --directory DIR›.';
      return [fault(`The workers ‹${owner}› and ‹${worker.name}› have the same ${field} key`, worker.at, hint)];
    });
  });
}

export const KEY_FIELDS = ['age', 'ssh', 'nats'] as const;

/** One of a worker's public keys, written in the one way that can be compared. */
export function keyText(worker: Worker, field: (typeof KEY_FIELDS)[number]): string {
  return field === 'ssh' ? worker.ssh.blob.toString('base64') : worker[field];
}

function fault(summary: string, at: Position, hint: string): Problem {
  return { code: 'enrolment', summary, hint, at };
}
