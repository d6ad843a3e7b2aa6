// Waits until something answers or is there: what others start takes its time.

import { defineModule, type Failure, Missing, OneOf, type Plan, Type } from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { DIFFERENCES } from './differences.ts';
import { type Awaited, lookScript, waitScript } from './scripts.ts';

const STATES = ['started', 'present', 'stopped', 'absent'] as const;

interface WaitWant {
  readonly awaited: Awaited;
  /** Until it isn't there. */
  readonly gone: boolean;
  /** Seconds. */
  readonly timeout: number;
}

export default defineModule({
  name: 'wait-for',
  summary: 'Wait for a port or a path',
  example: `
- name: The application listens
  wait-for: { port: 3005, timeout: 60 }

- name: The database answers
  wait-for: { host: db.example.com, port: 5432 }

- name: The old process is gone
  wait-for: { path: /run/app.pid, state: absent }
`,
  params: Type.Object({
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535, description: 'TCP port' })),
    path: Type.Optional(Type.String({ minLength: 1, description: 'Absolute path, in place of a port' })),
    host: Type.String({
      default: '127.0.0.1',
      minLength: 1,
      description: 'Name or address that has the port, as the host sees it',
    }),
    state: Type.Optional(
      OneOf(STATES, {
        description: 'started or present (the default): until it is there; stopped or absent: until it is not',
      }),
    ),
    timeout: Type.Integer({
      default: 300,
      minimum: 0,
      maximum: 86_400,
      description: 'Seconds to wait; a dry run looks once',
    }),
  }),
  results: Type.Object({
    host: Type.Optional(Type.String({ description: 'What has the port that was waited for' })),
    port: Type.Optional(Type.Integer({ description: 'The port' })),
    path: Type.Optional(Type.String({ description: 'The path that was waited for, in place of a port' })),
  }),
  manual: {
    reads:
      'Whether the port accepts a connection, or whether anything is at the path (a link that leads nowhere is nothing).',
    changes: 'Nothing.',
    dryRun: 'It looks once and doesn’t wait: what isn’t there yet, and may come of a pending change, is `unknown`.',
    needs: 'For a port of another machine bash, curl or nc; for else nothing but sh.',
    tried: 'Debian 12: bash 5.2, curl 7.88, BusyBox 1.35’s nc.',
  },
  differences: DIFFERENCES,
  freeForm: 'path',
  check: true,

  checkParams: (params) => [
    ...checkPaths(params, ['path']),
    ...('port' in params === 'path' in params
      ? [{ parameter: undefined, summary: 'wait-for takes port or path', hint: 'Give either port or path.' }]
      : []),
    ...(typeof params.host === 'string' && (hasControl(params.host) || /[\s/[\]]/.test(params.host))
      ? [
          {
            parameter: 'host',
            summary: 'That is no name and no address',
            hint: 'Write it alone: db.example.com, 10.0.0.5 or ::1.',
          },
        ]
      : []),
  ],

  prepare: ({ port, path, host, state = 'started', timeout }): WaitWant => ({
    awaited: port === undefined ? { kind: 'path', path: cleanPath(path ?? '/') } : { kind: 'port', host, port },
    gone: state === 'stopped' || state === 'absent',
    timeout,
  }),

  probe: ({ awaited }) => lookScript(awaited),
  parse: (out) => {
    const said = out.stdout.trim();
    if (said === 'none') return new Missing<boolean>({ needs: ['command:bash'], failure: NO_TOOL });
    if (said !== 'yes' && said !== 'no') throw new Error(`the look said nothing that it should: ${said}${out.stderr}`);
    return said === 'yes';
  },

  plan: (there: boolean, { awaited, gone, timeout }): Plan => {
    const result = awaited.kind === 'port' ? { host: awaited.host, port: awaited.port } : { path: awaited.path };
    if (there !== gone) return { changes: [], result };
    const failure = missed(awaited, gone);
    if (timeout === 0) return { changes: [], result, failure };
    const otherwise = { ...failure, summary: `${failure.summary}, after ${timeout} s` };
    const run = waitScript(awaited, gone, timeout);
    return { changes: [], result, failure, wait: { kind: 'host', run, seconds: timeout, otherwise } };
  },
});

const NO_TOOL: Failure = {
  summary: 'nothing on the host can try a port',
  detail: 'It has no bash, no nc and no curl.',
  hint: 'Install one before: `apt: { name: netcat-openbsd }`.',
};

function missed(awaited: Awaited, gone: boolean): Failure {
  if (awaited.kind === 'path') {
    return { summary: gone ? `${awaited.path} is still there` : `${awaited.path} is not there` };
  }
  const { host, port } = awaited;
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return gone
    ? { summary: `${place} is still open` }
    : { summary: `${place} is not open`, detail: 'Nothing listens there, or a firewall keeps the host away.' };
}
