// What of CEL's specification the language doesn't have, and what it means otherwise: docs/language.md names it.

/** Suites of extensions and of protocol buffers, whose messages no runbook has; expressions about bytes and types. */
export const NOT_OURS = {
  suites: [
    ...['block_ext', 'encoders_ext', 'enums', 'math_ext', 'network_ext', 'optionals', 'proto2', 'proto2_ext', 'proto3'],
    ...['type_deductions', 'wrappers', 'dynamic', 'unknowns', 'string_ext', 'macros2', 'namespace'],
  ],
  words: /TestAllTypes|google\.protobuf|\bb['"]|\bbytes\(|\btype\(|TestEnum|GlobalEnum|\.proto/,
} as const;

interface Difference {
  readonly why: string;
  /** By the names of the specification's tests. */
  readonly ids: RegExp;
  /** A newer Node does as CEL does. */
  readonly byNode?: boolean;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    why: 'values of different types are not compared: a Problem, where CEL says false',
    ids: /^macros\/exists\/(list_elem_type_exhaustive|map_key_type_\w+)$|^comparisons\/eq_literal\/not_eq_list_length$/,
  },
  {
    why: 'what is wrong by the types that are written there is a Problem before it runs, even where it would not be reached',
    ids: /^logic\/(conditional\/mixed_type|(AND|OR)\/short_circuit_type_\w+)$|^basic\/functions\/unbound_is_runtime_error$|^parse\/receiver_function_names\//,
  },
  {
    why: 'lists and maps of mixed kinds of numbers are not equal',
    ids: /^comparisons\/eq_literal\/eq_\w+_mixed_types?(_numbers)?$/,
  },
  {
    why: 'unsigned integers are not found among other numbers',
    ids: /^comparisons\/ne_literal\/ne_mixed_types$|^lists\/(index\/zero_based_uint|in\/\w*uint\w*)$/,
  },
  {
    why: 'numbers are compared as doubles, which are exact up to 9007199254740991',
    ids: /^comparisons\/\w+\/\w+_(lossy_double|big_double_int)$/,
  },
  { why: 'a number has a digit before its point', ids: /^comparisons\/gt_literal\/not_gt_double$/ },
  { why: 'has() asks of variables, not of a map that is written there', ids: /^fields\/map_has\/has_empty$/ },
  { why: 'odd names are written map["odd-name"]', ids: /^fields\/quoted_map_fields\// },
  {
    why: 'a variable has no dot in its name',
    ids: /^fields\/qualified_identifier_resolution\/(qualified|map_field|ident_with)\w*$/,
  },
  {
    why: 'keys of a map are texts: any other key is its text, and of two the later holds',
    ids: /^fields\/qualified_identifier_resolution\/map_(key|value)_\w+$|^macros\/exists_one\/map_one$/,
  },
  { why: 'infinity is no value', ids: /^fp_math\/fp_math\/(divide_zero|fp_overflow_\w+)$/ },
  {
    why: 'a comparison in a macro over the empty list that is written there has no type',
    ids: /^macros\/\w+\/list_empty$/,
  },
  {
    why: 'times have milliseconds and no bounds; a time is the text of ISO 8601 with them, a duration that leaves an expression is a Problem',
    ids: /^timestamps\/(timestamp|duration)_(conversions|arithmetic|range)\/|^conversions\/identity\/(duration|timestamp)$/,
  },
  {
    why: 'time zones are named: offsets depend on the Node that runs vrun',
    ids: /^timestamps\/timestamp_selectors_tz\//,
    byNode: true,
  },
];
