// A page held against the Content-Security-Policy that came with it, as a browser does: what it would block of the scripts
// and styles that stand in the page.
import type { DefaultTreeAdapterTypes } from 'parse5';
import { forbidding, type Policy, readPolicies, type Use } from './content-security-policy.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** So many are named of what is blocked alike. */
const NAMED = 3;

/** What a browser would block, a line for each directive; `header` may hold several policies, with commas between. */
export function blockedByPolicy(html: string, header: string, address: string): readonly string[] {
  const page = URL.canParse(address) ? new URL(address) : new URL('https://localhost/');
  const policies: Policy[] = [...readPolicies(header)];
  const blocked = new Map<string, string[]>();
  // A base element counts from where it stands, a meta element's policy for what comes after it.
  let base = page;
  for (const element of elementsOf(html)) {
    const attribute = attributesOf(element);
    const href = attribute('href') ?? '';
    if (element.tagName === 'base' && URL.canParse(href, base.href)) base = new URL(href, base.href);
    if (element.tagName === 'meta' && attribute('http-equiv')?.toLowerCase() === 'content-security-policy') {
      policies.push(...readPolicies(attribute('content') ?? ''));
    }
    for (const { use, words } of usesOf(element, base)) {
      const directive = policies.map((policy) => forbidding(policy, use, page)).find((one) => one !== undefined);
      if (directive !== undefined) blocked.set(directive, [...(blocked.get(directive) ?? []), words]);
    }
  }
  return [...blocked].map(([directive, things]) => {
    const more = things.length > NAMED ? ` and ${things.length - NAMED} more` : '';
    return `a browser blocks ${things.slice(0, NAMED).join(', ')}${more}: the policy says ‹${directive}›`;
  });
}

/** All elements, in the order in which they begin. */
function* elementsOf(html: string): Generator<Element> {
  const waiting: Node[] = [library().parse(html)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('tagName' in node) yield node;
    if ('childNodes' in node) waiting.push(...[...node.childNodes].reverse());
  }
}

function attributesOf({ attrs }: Element): (name: string) => string | undefined {
  return (name) => attrs.find((one) => one.name === name)?.value;
}

interface Found {
  readonly use: Use;
  /** What it is, for people. */
  readonly words: string;
}

function usesOf(element: Element, base: URL): readonly Found[] {
  const attribute = attributesOf(element);
  const common = { nonce: attribute('nonce'), integrity: attribute('integrity') ?? '', as: 'elem' } as const;
  const text = element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
  const inline = (kind: Use['kind']): Found => ({
    use: { ...common, kind, content: text, address: undefined },
    words: `<${element.tagName}>${shortened(text)}`,
  });
  const loaded = (kind: Use['kind'], href: string): Found => ({
    use: {
      ...common,
      kind,
      content: undefined,
      address: URL.canParse(href, base.href) ? new URL(href, base.href) : undefined,
    },
    words: `<${element.tagName}> ${shortened(href)}`,
  });
  const attributes = element.attrs.flatMap(({ name, value }): readonly Found[] => {
    const kind = name === 'style' ? 'style' : /^on[a-z]+$/.test(name) ? 'script' : undefined;
    if (kind === undefined) return [];
    const use = { kind, as: 'attr', nonce: undefined, content: value, address: undefined, integrity: '' } as const;
    return [{ use, words: `${name}="${shortened(value)}"` }];
  });
  if (element.tagName === 'script' && isScript(attribute('type'), attribute('language'))) {
    const src = attribute('src');
    if (src !== undefined) return [...attributes, loaded('script', src)];
    return text === '' ? attributes : [...attributes, inline('script')];
  }
  if (element.tagName === 'style') return [...attributes, inline('style')];
  const href = attribute('href');
  const rel = (attribute('rel') ?? '').toLowerCase().split(/\s+/);
  if (element.tagName === 'link' && rel.includes('stylesheet') && !rel.includes('alternate') && href !== undefined) {
    return [...attributes, loaded('style', href)];
  }
  return attributes;
}

/** https://mimesniff.spec.whatwg.org/#javascript-mime-type; what is none of these is data, and no browser runs it. */
const JAVASCRIPT = /^(application|text)\/(x-)?(javascript|ecmascript)$|^text\/(javascript1\.[0-5]|jscript|livescript)$/;

/** https://html.spec.whatwg.org/#prepare-the-script-element */
function isScript(type: string | undefined, language: string | undefined): boolean {
  const word = (type ?? (language ? `text/${language}` : '')).trim().toLowerCase();
  return word === '' || ['module', 'importmap', 'speculationrules'].includes(word) || JAVASCRIPT.test(word);
}

function shortened(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return plain.length > 40 ? `${plain.slice(0, 40)}…` : plain;
}

/** With `require`, since few runs judge a page: the bundle runs a required package when it is first asked for. */
function library(): typeof import('parse5') {
  return require('parse5');
}
