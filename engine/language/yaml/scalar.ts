// What a plain (unquoted) YAML scalar means: YAML 1.2's core schema, or YAML 1.1 as PyYAML's safe loader reads it.

export type YamlVersion = '1.1' | '1.2';
export type PlainValue = null | boolean | number | string;

/** `inexact` and `not-a-number` are numbers that JSON's doubles can't hold. */
export type Plain = { readonly value: PlainValue; readonly trouble?: 'inexact' | 'not-a-number' };

/** The value of a plain scalar, from its text. */
export function plainScalar(text: string, version: YamlVersion): Plain {
  if (text === '' || text === '~' || /^(null|Null|NULL)$/.test(text)) return { value: null };
  return version === '1.2' ? core(text) : pyYaml(text);
}

/** YAML 1.2.2, 10.3.2. */
function core(text: string): Plain {
  if (/^(true|True|TRUE)$/.test(text)) return { value: true };
  if (/^(false|False|FALSE)$/.test(text)) return { value: false };
  if (/^[-+]?[0-9]+$/.test(text)) return integer(text, Number(text));
  if (/^0o[0-7]+$/.test(text)) return integer(text, Number(text));
  if (/^0x[0-9a-fA-F]+$/.test(text)) return integer(text, Number(text));
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return double(text, Number(text));
  if (/^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(text)) return { value: text, trouble: 'not-a-number' };
  return { value: text };
}

/** PyYAML's resolver.py and constructor.py (6.0). Dates stay text, which is how they leave Ansible too. */
function pyYaml(text: string): Plain {
  if (/^(yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return { value: true };
  if (/^(no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return { value: false };
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (/^[-+]?0b[0-1_]+$/.test(text)) return integer(text, sign * Number.parseInt(digits.slice(2), 2));
  if (/^[-+]?0x[0-9a-fA-F_]+$/.test(text)) return integer(text, sign * Number.parseInt(digits.slice(2), 16));
  if (/^[-+]?0[0-7_]+$/.test(text)) return integer(text, sign * Number.parseInt(digits, 8));
  if (/^[-+]?(0|[1-9][0-9_]*)$/.test(text)) return integer(text, sign * Number(digits));
  if (/^[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+$/.test(text)) return integer(text, sign * sexagesimal(digits));
  if (/^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?)$/.test(text)) {
    return double(text, sign * Number(digits));
  }
  if (/^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*$/.test(text)) return double(text, sign * sexagesimal(digits));
  if (/^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(text)) return { value: text, trouble: 'not-a-number' };
  return { value: text };
}

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

function integer(text: string, value: number): Plain {
  if (Number.isNaN(value)) return { value: text };
  return Number.isSafeInteger(value) ? { value: value === 0 ? 0 : value } : { value: text, trouble: 'inexact' };
}

function double(text: string, value: number): Plain {
  if (Number.isNaN(value)) return { value: text };
  return Number.isFinite(value) ? { value: value === 0 ? 0 : value } : { value: text, trouble: 'not-a-number' };
}
