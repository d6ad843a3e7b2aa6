// What a browser would block of a page: the Content-Security-Policy as CSP3 has it.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blockedByPolicy } from '../../../engine/resources/http/page-policy.ts';
import http from '../../../modules/http.ts';
import { table } from '../../modules/harness/table.ts';

const AT = 'https://a.example/page';
const hash = (text: string, algorithm = 'sha256') =>
  `'${algorithm}-${createHash(algorithm).update(text).digest('base64')}'`;
const SELF = "default-src 'self'";

const allowed: readonly [string, string, string][] = [
  ['no directive about scripts', "frame-ancestors 'none'", '<script>a()</script><style>b{}</style>'],
  ['a nonce', "script-src 'self' 'nonce-YWJj'", '<script nonce="YWJj">a()</script>'],
  ['a nonce behind default-src', "default-src 'nonce-YWJj'", '<style nonce=YWJj>a{}</style>'],
  ['a hash', `script-src ${hash('a()')}`, '<script>a()</script>'],
  ['a hash of another algorithm', `script-src ${hash('a()', 'sha512')}`, '<script>a()</script>'],
  [
    'a hash in the alphabet of URLs',
    `script-src ${hash('a(??>)').replaceAll('+', '-').replaceAll('/', '_')}`,
    '<script>a(??>)</script>',
  ],
  ['unsafe-inline', "script-src 'unsafe-inline'", '<script>a()</script><b onclick="a()">x</b>'],
  ['names in any case', "SCRIPT-SRC 'UNSAFE-INLINE'", '<script>a()</script>'],
  ['a special directive', `${SELF}; style-src-elem 'unsafe-inline'`, '<style>a{}</style>'],
  ['attributes by a special one', `${SELF}; style-src-attr 'unsafe-inline'`, '<b style="color:red">x</b>'],
  ['a hash of an attribute', `${SELF}; script-src-attr 'unsafe-hashes' ${hash('a()')}`, '<b onclick="a()">x</b>'],
  ['files of its own', SELF, '<script src="/x.js"></script><link rel=stylesheet href=y.css>'],
  ['files of a host', 'script-src cdn.example', '<script src="https://cdn.example/x.js"></script>'],
  [
    'of any host below',
    'script-src https://*.cdn.example/lib/',
    '<script src="https://a.cdn.example/lib/x.js"></script>',
  ],
  ['of a scheme', 'script-src https:', '<script src="https://cdn.example/x.js"></script>'],
  [
    'with its nonce from anywhere',
    "script-src 'nonce-x' 'strict-dynamic'",
    '<script nonce=x src="//b.example/x.js"></script>',
  ],
  ['data is no script', SELF, '<script type="application/ld+json">{}</script><script type=text/template>x</script>'],
  ['what is a comment', SELF, '<!-- <script>a()</script> -->'],
  ['what is text', SELF, '<textarea><script>a()</script></textarea><noscript><style>a{}</style></noscript>'],
  ['nothing in it', SELF, '<script></script>'],
  ['the first of a directive counts', "script-src 'unsafe-inline'; script-src 'none'", '<script>a()</script>'],
  [
    'before a meta element',
    "img-src 'self'",
    '<script>a()</script><meta http-equiv=content-security-policy content="script-src \'none\'">',
  ],
];

const blocked: readonly [string, string, string, string][] = [
  ['an inline script', SELF, '<script>a()</script>', "<script>a(): the policy says ‹default-src 'self'›"],
  ['an inline style', SELF, '<style>a{}</style>', '<style>a{}'],
  ['another nonce', "script-src 'nonce-YWJj'", '<script nonce="x">a()</script>', '<script>a()'],
  ['a nonce in another case', "script-src 'nonce-YWJj'", '<script nonce="ywjj">a()</script>', '<script>a()'],
  ['an empty nonce', "script-src 'nonce-'", '<script nonce="">a()</script>', '<script>a()'],
  ['unsafe-inline beside a nonce', "script-src 'unsafe-inline' 'nonce-x'", '<script>a()</script>', '<script>a()'],
  [
    'unsafe-inline beside strict-dynamic',
    "script-src 'unsafe-inline' 'strict-dynamic'",
    '<script>a()</script>',
    '<script>',
  ],
  ['a hash of other content', `script-src ${hash('b()')}`, '<script>a()</script>', '<script>a()'],
  ['an attribute, in spite of a nonce', "script-src 'nonce-x'", '<b nonce=x onclick="a()">y</b>', 'onclick="a()"'],
  ['an attribute with a hash alone', `script-src ${hash('a()')}`, '<b onclick="a()">x</b>', 'onclick="a()"'],
  ['a style attribute', "style-src 'self' 'nonce-x'", '<p style="color:red">x</p>', 'style="color:red"'],
  ['a module', SELF, '<script type=module>a()</script>', '<script>a()'],
  ['an import map', SELF, '<script type=importmap>{}</script>', '<script>{}'],
  ['a file of another host', SELF, '<script src="https://b.example/x.js"></script>', 'https://b.example/x.js'],
  ['a file by another base', SELF, '<base href="https://b.example/"><script src="x.js"></script>', '<script> x.js'],
  ['a host that only ends so', 'script-src *.cdn.example', '<script src="https://xcdn.example/x.js"></script>', 'xcdn'],
  [
    'a file without nonce, strictly',
    "script-src 'self' 'strict-dynamic' 'nonce-x'",
    '<script src=/x.js></script>',
    '/x.js',
  ],
  ['a stylesheet of another host', SELF, '<link rel="stylesheet" href="//b.example/y.css">', '//b.example/y.css'],
  ['one policy of two', `script-src 'unsafe-inline', ${SELF}`, '<script>a()</script>', SELF],
  [
    'by a meta element',
    "img-src 'self'",
    `<meta http-equiv="Content-Security-Policy" content="${SELF}"><script>a()</script>`,
    SELF,
  ],
  ['none', "script-src 'none'", '<script src=/x.js></script>', '/x.js'],
];

describe('a page and its policy', () => {
  test.each(allowed)('allowed: %s', (_, policy, html) => {
    expect(blockedByPolicy(`<!doctype html><body>${html}`, policy, AT)).toEqual([]);
  });

  test.each(blocked)('blocked: %s', (_, policy, html, words) => {
    expect(blockedByPolicy(`<!doctype html>${html}`, policy, AT)).toEqual([expect.stringContaining(words)]);
  });

  test('many are counted', () => {
    const html = '<script>a()</script>'.repeat(23);
    expect(blockedByPolicy(html, SELF, AT)).toEqual([
      "a browser blocks <script>a(), <script>a(), <script>a() and 20 more: the policy says ‹default-src 'self'›",
    ]);
  });
});

const url = AT;
const page = {
  ...{ curl: 0, said: '', status: 200, truncated: false, seconds: 0.1, url, daysLeft: undefined, openssl: true },
  headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "script-src 'nonce-x'" },
  body: '<script nonce=x>a()</script>',
};
const failure = 'not as expected';
const params = { url, csp: true };
const { 'content-security-policy': _, ...without } = page.headers;

table(http, [
  { title: 'a page whose policy allows it', params, have: page, changes: [] },
  {
    title: 'one whose policy blocks it',
    params,
    have: { ...page, body: '<script>a()</script>' },
    changes: [],
    failure,
  },
  { title: 'that is nobody’s question', params: { url }, have: { ...page, body: '<script>a()</script>' }, changes: [] },
  { title: 'no policy', params, have: { ...page, headers: without }, changes: [], failure },
  {
    title: 'no page',
    params,
    have: { ...page, headers: { 'content-type': 'application/json' } },
    changes: [],
    failure,
  },
  { title: 'half a page', params, have: { ...page, truncated: true }, changes: [], failure },
]);
