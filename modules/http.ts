// Asks a web server and holds the answer against what is expected.
import { isMap } from '../engine/base/plain-data.ts';
import {
  Anything,
  defineModule,
  Missing,
  OneOf,
  type ParameterProblem,
  Text,
  Type,
  things,
} from '../engine/module/index.ts';
import { checkPaths, hasControl } from '../engine/resources/file/path.ts';
import { secretInAddress } from '../engine/resources/http/address-secret.ts';
import { type HttpAnswer, NO_CURL, parseHttp } from '../engine/resources/http/answer.ts';
import { HAS_CURL, type HttpRequest, isSafe, requestConfig, requestScript } from '../engine/resources/http/request.ts';
import { type HttpExpectation, judgeAnswer, pattern } from '../engine/resources/http/verdict.ts';

interface HttpWant {
  readonly request: HttpRequest;
  readonly expectation: HttpExpectation;
  readonly from: 'host' | 'controller';
}

const NAME = '^[A-Za-z0-9!#$%&*+.^_|~-]+$';

export default defineModule({
  name: 'http',
  summary: 'Check what a web server answers',
  example: `
- name: The site answers
  http:
    url: http://127.0.0.1/health
    headers: { Host: www.example.com }
    status_code: [200]
  retries: 5
  delay: 1
`,
  takesCut: true,
  params: Type.Object({
    url: Type.String({ pattern: '^https?://[^\\s/]', description: 'Where to ask, http or https' }),
    method: Type.String({
      default: 'GET',
      pattern: '^[A-Z]+$',
      description: 'Method; all but GET, HEAD and OPTIONS count as a change and are not sent in a dry run',
    }),
    headers: Type.Record(Type.String({ pattern: NAME }), Text({ description: 'Value; may hold a secret' }), {
      additionalProperties: false,
      default: {},
      description: 'Request headers',
    }),
    body: Type.Optional(Text({ description: 'Request body; may hold a secret' })),
    body_format: OneOf(['raw', 'json', 'form'], { default: 'raw', description: 'Content-Type of the body' }),
    status_code: Type.Unsafe<number | readonly number[]>({
      anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'integer' }, minItems: 1 }],
      default: [200],
      description: 'Status, or list of them, that is well',
    }),
    timeout: Type.Integer({ default: 30, minimum: 1, description: 'Seconds for the whole request' }),
    follow_redirects: OneOf(['none', 'safe', 'all'], {
      default: 'safe',
      description: 'Which redirects to follow; safe: of GET and HEAD only',
    }),
    validate_certs: Type.Boolean({ default: true, description: 'Refuse a certificate that is not trusted' }),
    ca_path: Type.Optional(Type.String({ minLength: 1, description: 'File with the authorities to trust instead' })),
    resolve: Type.Optional(
      Type.Unsafe<string | readonly string[]>({
        anyOf: [
          { type: 'string', pattern: '^[^:\\s]+:[0-9]+:\\S+$' },
          { type: 'array', items: { type: 'string', pattern: '^[^:\\s]+:[0-9]+:\\S+$' } },
        ],
        description: 'Addresses to use for names: HOST:PORT:ADDRESS',
      }),
    ),
    json: Type.Optional(
      Type.Record(Type.String(), Anything({ description: 'Value that it must have' }), {
        description: "Members that the answer's JSON must have; a.b.0 is a path",
      }),
    ),
    expect_headers: Type.Record(
      Type.String({ pattern: NAME }),
      Type.Union([Type.Boolean(), Type.String()], {
        description: 'Its value, a /pattern/ (RE2), true for any value, or false when it must not be there',
      }),
      { default: {}, additionalProperties: false, description: 'Headers that the answer must have' },
    ),
    expect_body: Type.Optional(
      Type.String({ minLength: 1, description: 'Text or /pattern/ (RE2) that the body must hold' }),
    ),
    csp: Type.Boolean({
      default: false,
      description:
        'Judge the page by the Content-Security-Policy that came with it: each of its scripts and styles has to be allowed',
    }),
    tls: Type.Optional(
      Type.Object(
        {
          min_days: Type.Optional(
            Type.Integer({ minimum: 0, description: 'Days for which the certificate must still be valid' }),
          ),
        },
        { description: 'What the certificate must be like' },
      ),
    ),
    from: OneOf(['host', 'controller'], { default: 'host', description: 'Where the request is made' }),
  }),
  results: Type.Object({
    status: Type.Integer({ description: 'Status of the answer; 0 when there was none' }),
    url: Type.String({ description: 'Where the answer came from, after redirects' }),
    headers: Anything({ description: 'Headers of the answer, with names in small letters' }),
    seconds: Type.Number({ description: 'How long the request took' }),
    content: Type.Union([Type.String(), Type.Null()], { description: 'The body; null when it is larger than 64 KiB' }),
    json: Anything({ description: 'The body as JSON; null when it is none' }),
    days_left: Type.Optional(
      Type.Integer({ description: 'Days that the certificate is still valid; where `tls` asks for them' }),
    ),
  }),
  manual: {
    reads:
      'What the server answers to GET, HEAD or OPTIONS, asked with curl by the host, or by the controller. What a page loads is not asked for: `csp` says what a browser would not even try.',
    changes: 'Other methods are sent once and count as a change.',
    dryRun: 'What isn’t safe isn’t sent. An answer that isn’t the expected one is `unknown` while changes are pending.',
    needs: 'curl; for `min_days` openssl.',
    tried: 'Debian 12: curl 7.88, nginx 1.22.',
  },
  freeForm: 'url',
  check: true,
  costly: true,

  checkParams: (params) => {
    const { url, expect_body: body, expect_headers: headers } = params;
    const patterns = [
      ['expect_body', body],
      ...Object.entries(isMap(headers) ? headers : {}).map(([name, one]) => [`expect_headers.${name}`, one]),
    ];
    return [
      ...checkPaths(params, ['ca_path']),
      ...secretInAddress(
        'url',
        url,
        'Send it as a header: headers: { Authorization: "Basic {{ login }}" }, where login is a !secret: user:password in base64.',
      ),
      ...(typeof url === 'string' && (hasControl(url) || url.includes(' ') || !URL.canParse(url))
        ? [
            {
              parameter: 'url',
              summary: 'That is no URL',
              hint: 'Write http://host/path or https://host/path, and %20 for a space.',
            },
          ]
        : []),
      ...(typeof url === 'string' && !url.startsWith('https:') && isMap(params.tls)
        ? [{ parameter: 'tls', summary: 'Only https has a certificate', hint: 'Ask an https URL.' }]
        : []),
      ...patterns.flatMap(([parameter, text]) =>
        typeof text === 'string' && typeof parameter === 'string' ? brokenPattern(parameter, text) : [],
      ),
    ];
  },

  prepare: (params): HttpWant => ({
    request: {
      url: params.url,
      method: params.method,
      headers: params.headers,
      body: params.body,
      format: params.body_format,
      timeout: params.timeout,
      redirects: params.follow_redirects,
      validateCerts: params.validate_certs,
      caPath: params.ca_path,
      resolve: typeof params.resolve === 'string' ? [params.resolve] : (params.resolve ?? []),
      expiry: params.tls?.min_days !== undefined,
    },
    expectation: {
      statuses: typeof params.status_code === 'number' ? [params.status_code] : params.status_code,
      headers: params.expect_headers,
      body: params.expect_body,
      json: params.json,
      minDays: params.tls?.min_days,
      csp: params.csp,
    },
    from: params.from,
  }),

  where: ({ from }) => from,
  // What changes something isn't sent to find out what is there: only whether it could be.
  probe: ({ request }) => (isSafe(request) ? requestScript(request) : HAS_CURL),
  input: ({ request }) => (isSafe(request) ? requestConfig(request) : undefined),
  parse: (out, { request }): HttpAnswer | 'able' | Missing<HttpAnswer | 'able'> => {
    if (isSafe(request)) return parseHttp(out);
    return out.status === 0 ? 'able' : new Missing({ needs: ['command:curl'], fresh: 'able', failure: NO_CURL });
  },

  about: ({ method = 'GET' }) => (typeof method === 'string' && isSafe({ method }) ? [] : things('act', 'any')),
  plan: (have, { request, expectation }) => {
    const { method, url, timeout } = request;
    if (have !== undefined && have !== 'able') return { changes: [], ...judgeAnswer(have, expectation, method, url) };
    const run = requestScript(request);
    return {
      changes: [
        { op: '!', what: `${method} ${url}`, steps: [{ run, stdin: requestConfig(request), timeout: timeout + 60 }] },
      ],
      after: ([output]) => {
        const answer = output && parseHttp(output);
        if (answer && 'status' in answer) return judgeAnswer(answer, expectation, method, url);
        return { failure: answer?.failure ?? { summary: `${method} ${url} was not sent` } };
      },
    };
  },
});

function brokenPattern(parameter: string, text: string): readonly ParameterProblem[] {
  try {
    pattern(text);
    return [];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const hint = 'Between the slashes stands a regular expression of RE2, as for ‹matches› in conditions.';
    return [{ parameter, summary: 'That pattern is broken', detail, hint }];
  }
}
