// Every keyword of plays, tasks, blocks and includes, once: validation, suggestions, the JSON Schema and docs read it.

/** What a keyword's value looks like. "or computed" means that a template or an expression may stand there. */
export type KeywordShape =
  /** Text as it is; templates have no meaning in it. */
  | 'plain-text'
  /** Text, or computed. */
  | 'text'
  /** A new variable's name. */
  | 'variable-name'
  /** `true` or `false`. */
  | 'plain-boolean'
  /** A boolean, or computed. */
  | 'boolean'
  /** A number that isn't negative, or computed. */
  | 'number'
  /** A whole number from 1, or computed. */
  | 'count'
  /** One expression, or a list of which all must hold. */
  | 'conditions'
  /** One expression. */
  | 'condition'
  /** A list of words, or one text with commas. */
  | 'words'
  /** One text or a list of texts, each may be a template. */
  | 'texts'
  /** A host pattern: text, or a list of texts. */
  | 'hosts'
  /** A number of hosts, a percentage of them, or a list of these. */
  | 'serial'
  /** A number from 0 to 100, or computed. */
  | 'percentage'
  | 'order'
  /** A map of texts, or computed. */
  | 'environment'
  /** For each module a map of its parameters. */
  | 'module-defaults'
  | 'variables'
  | 'params'
  | 'items'
  | 'loop-control'
  | 'tasks'
  | 'handlers'
  /** A path of a file beside this one. */
  | 'path';

/** Where a keyword may stand. */
export type KeywordPlace = 'play' | 'task' | 'block' | 'include' | 'import';

export interface Keyword {
  readonly name: string;
  readonly places: readonly KeywordPlace[];
  readonly shape: KeywordShape;
  /** One line, for editors and docs. */
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string | number | boolean;
}

type Extra = Pick<Keyword, 'required' | 'default'>;

/** `places` are KeywordPlaces with spaces between. */
function row(name: string, places: string, shape: KeywordShape, description: string, extra: Extra = {}): Keyword {
  const words = new Set(places.split(' '));
  return { name, places: PLACES.filter((place) => words.has(place)), shape, description, ...extra };
}

const PLACES = ['play', 'task', 'block', 'include', 'import'] as const;

const rows: readonly Keyword[] = [
  row('name', 'play task block include import', 'text', 'What it is for, as people will read it'),
  row('hosts', 'play', 'hosts', 'Which hosts: a pattern such as `web:!maintenance`, or a list of patterns', {
    required: true,
  }),
  row('tasks', 'play', 'tasks', 'What is to hold on the hosts, in order'),
  row('handlers', 'play', 'handlers', 'Tasks that run once at the end, and only when notified'),
  row('defaults', 'play', 'variables', 'Variables that the inventory may override'),
  row('vars', 'play task block include', 'variables', 'Variables'),
  row('params', 'play', 'params', 'Declared inputs, given with `-e name=value`'),
  row('order', 'play', 'order', 'The order in which hosts are taken', { default: 'inventory' }),
  row('remote_user', 'play', 'text', 'Who to log in as'),
  row('connection', 'play', 'text', 'How to connect: ssh, openssh or local'),
  row('become', 'play task block', 'boolean', 'Run as another user, root unless become_user names one'),
  row('become_user', 'play task block', 'text', 'Who to run as, with become', { default: 'root' }),
  row(
    'tags',
    'play task block include import',
    'words',
    'Words by which -t and --skip-tags pick; `always` and `never` are special',
  ),
  row('when', 'task block include', 'conditions', 'Expression that must hold; all of them, for a list'),
  row('loop', 'task include', 'items', 'A list: the task runs once an item, as `item`'),
  row('loop_control', 'task include', 'loop-control', 'Names, label and pause of the loop'),
  row('register', 'task', 'variable-name', 'Variable that gets the result'),
  row('notify', 'task', 'texts', 'Handlers to run at the end if this task changes something'),
  row('retries', 'task', 'count', 'Extra attempts until `until` holds, or until it no longer fails'),
  row('delay', 'task', 'number', 'Seconds between attempts', { default: 5 }),
  row('until', 'task', 'condition', 'Expression that ends the attempts'),
  row(
    'read_only',
    'task',
    'plain-boolean',
    'A promise that the command only reads: it runs in dry runs too and never counts as changed',
    { default: false },
  ),
  row(
    'changed_when',
    'task',
    'conditions',
    'Expression that says whether the task counts as changed; all of them, for a list',
  ),
  row(
    'failed_when',
    'task',
    'conditions',
    'Expression that says whether the task counts as failed; all of them, for a list',
  ),
  row('ignore_errors', 'task block', 'boolean', 'Go on after a failure', { default: false }),
  row('ignore_unreachable', 'task', 'plain-boolean', 'Go on after the host could not be reached', { default: false }),
  row('check_mode', 'task', 'plain-boolean', '`false`: really runs in dry runs too; `true`: never changes anything'),
  row('diff', 'task', 'plain-boolean', 'Show differences of this task, values of settings included, or never'),
  row('no_log', 'task', 'boolean', 'Keep what it does out of screen and record', { default: false }),
  row('run_once', 'task', 'plain-boolean', 'Once a play, on the first host whose `when` holds', { default: false }),
  row('throttle', 'task', 'count', 'At most so many hosts in this task at once'),
  row(
    'provides',
    'task',
    'texts',
    'What it makes beyond what its module can tell: `path:/x`, `user:x`, `group:x`, `package:x`, `unit:x`, `command:x`',
  ),
  row('checklist', 'task block include', 'plain-text', "Line of the run's checklist that it belongs to"),
  row('include_tasks', 'include', 'path', 'File with a list of tasks that stand here', { required: true }),
  row('import_playbook', 'import', 'path', 'Runbook whose plays stand here', { required: true }),
  row(
    'serial',
    'play',
    'serial',
    'Hosts at a time: a number, a percentage or a list of them, whose last entry repeats',
  ),
  row(
    'max_fail_percentage',
    'play',
    'percentage',
    'Stop the run when more of a batch’s hosts than this have failed; 0 with serial',
  ),
  row('any_errors_fatal', 'play', 'plain-boolean', 'Stop the run for all hosts when one fails', { default: false }),
  row('vars_files', 'play', 'texts', 'Files with variables, stronger than `vars`; of two the later wins'),
  row(
    'environment',
    'play task block',
    'environment',
    'Environment variables of what runs on the host; inner over outer',
  ),
  row('module_defaults', 'play', 'module-defaults', 'Parameters that modules have unless the task gives them'),
  row('force_handlers', 'play', 'plain-boolean', 'Run notified handlers even after a failure', { default: false }),
  row('delegate_to', 'task block', 'text', 'Act on another host, with the variables of this one'),
  row('timeout', 'task', 'count', 'Seconds after which an attempt is stopped and has failed'),
  row('output_limit', 'task', 'count', 'MiB that are kept of each output of what the task runs, up to 16', {
    default: 1,
  }),
  row('block', 'block', 'tasks', 'Tasks that share keywords', { required: true }),
  row(
    'rescue',
    'block',
    'tasks',
    'Tasks for when one of the block has failed; they see `failed_task` and `failed_result`',
  ),
  row('always', 'block', 'tasks', 'Tasks for after the block, whatever happened'),
];

const tables = new Map<KeywordPlace, ReadonlyMap<string, Keyword>>();

/** The keywords that may stand in a play, a task …, by name. */
export function keywordsOf(place: KeywordPlace): ReadonlyMap<string, Keyword> {
  const before = tables.get(place);
  if (before) return before;
  const table = new Map(rows.flatMap((row) => (row.places.includes(place) ? [[row.name, row] as const] : [])));
  tables.set(place, table);
  return table;
}
