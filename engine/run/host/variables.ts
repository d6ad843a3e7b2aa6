// All that a name can mean on one host, weakest first as the language has it.
import type { Host } from '../../inventory/model/inventory.ts';
import type { Dynamic, DynamicMap } from '../../language/dynamic/dynamic.ts';
import { layered, type NamedLayer } from '../../language/dynamic/variables.ts';
import { hidden } from '../../language/parameters/secret-input.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import { type Scope, Unknown, type Value, type ValueMap } from '../../language/value/value.ts';
import type { Layer } from '../list/bound.ts';
import type { PlayFiles } from '../plan/play-files.ts';

/** What a run knows beyond one host. */
export interface RunSurroundings {
  /** `-e`. */
  readonly extra: ReadonlyMap<string, Dynamic>;
  readonly groups: ValueMap;
  /** `run.id run.check_mode run.started run.operator`. */
  readonly run: ValueMap;
  /** Every host's variables, for `hostvars`: evaluated when they are looked at. */
  readonly hostvars: ValueMap;
  readonly files: PlayFiles | undefined;
}

/** The variables of one host through a whole run: what it learns (facts, register, set-fact) stays with it. */
export class HostVariables {
  readonly host: Host;
  /** `register` and `set-fact`. */
  readonly learned = new Map<string, Value>();
  facts: Value = new Unknown('later', 'the facts of a host that has not been reached yet');
  readonly #around: RunSurroundings;

  constructor(host: Host, around: RunSurroundings) {
    this.host = host;
    this.#around = around;
  }

  /**
   * The scope of a task. `pending` names what tasks that haven't run yet will register: later, not undefined.
   * `play` is undefined where only the inventory counts.
   */
  scope(place: {
    readonly play: Play | undefined;
    /** Of a task and the blocks around it, outermost first. */
    readonly vars?: readonly DynamicMap[];
    readonly layers?: readonly Layer[];
    readonly locals?: ReadonlyMap<string, Value>;
    readonly pending?: ReadonlyMap<string, string>;
    /** `ahead`: what other hosts have come to is not to be looked at yet. */
    readonly others?: 'ahead' | 'met';
  }): Scope {
    const { play, vars = [], layers = [], locals, pending, others } = place;
    return whenAsked(() =>
      layered([
        ...(play ? this.#given(play) : [this.#inventory]),
        ...vars.map(mapLayer),
        namesLayer(this.learned),
        ...(pending && pending.size > 0 ? [pendingLayer(pending)] : []),
        ...layers.map((layer) => ('kind' in layer ? mapLayer(layer) : namesLayer(layer))),
        this.#extra,
        ...(locals ? [namesLayer(locals)] : []),
        ...(others === 'ahead' ? [this.#always(play), OTHERS_AHEAD] : [this.#always(play)]),
      ]),
    );
  }

  /**
   * What the host is reached by: the inventory and `-e`, and with `play` what that play is given. Nothing that came back
   * from a host, which could else send the next login elsewhere.
   */
  connectionScope(play: Play | undefined): Scope {
    return layered([...(play ? this.#given(play) : [this.#inventory]), this.#extra, this.#always(play)]);
  }

  /** What `hostvars.NAME` is: the inventory's variables, what was learned, and the facts. */
  get hostvars(): ValueMap {
    const scope = this.scope({ play: undefined });
    const values = {};
    for (const name of new Set([...this.host.variables.keys(), ...this.learned.keys(), ...ALWAYS_NAMES])) {
      if (name === 'hostvars') continue;
      Object.defineProperty(values, name, { enumerable: true, get: () => scope.lookup(name) });
    }
    return values;
  }

  /** What is given to all of a play's tasks, its secret inputs as secrets. */
  #given(play: Play): readonly NamedLayer[] {
    const layers = [mapLayer(play.defaults), this.#inventory, mapLayer(play.vars), ...this.#files(play)];
    const secret = new Set(play.params.flatMap((param) => (param.secret ? [param.name] : [])));
    return [paramDefaults(play), ...(secret.size === 0 ? layers : layers.map((layer) => hiding(layer, secret)))];
  }

  get #inventory(): NamedLayer {
    const { variables } = this.host;
    return { get: (key) => variables.get(key)?.value, names: () => [...variables.keys()] };
  }

  get #extra(): NamedLayer {
    const { extra } = this.#around;
    return { get: (key) => extra.get(key), names: () => [...extra.keys()] };
  }

  #files(play: Play): readonly NamedLayer[] {
    return (this.#around.files?.of(play, this.host.name) ?? []).map(mapLayer);
  }

  #always(play: Play | undefined): NamedLayer {
    const { groups, run, hostvars, files } = this.#around;
    const directory = files?.directory(play);
    const values: ReadonlyMap<string, Value> = new Map<string, Value>([
      ['inventory_hostname', this.host.name],
      ['group_names', this.host.groups],
      ['groups', groups],
      ['hostvars', hostvars],
      ['facts', this.facts],
      ['run', run],
      ...(directory === undefined ? [] : [['playbook_dir', directory] as const]),
    ]);
    return namesLayer(values);
  }
}

/** A scope that is made once something is looked up in it: most tasks name no variable. */
function whenAsked(make: () => Scope): Scope {
  let made: Scope | undefined;
  const scope = () => {
    made ??= make();
    return made;
  };
  return { lookup: (name) => scope().lookup(name), names: () => scope().names() };
}

const OTHERS_AHEAD = namesLayer(new Map([['hostvars', new Unknown('later', 'what other hosts come to')]]));

const ALWAYS_NAMES = ['inventory_hostname', 'group_names', 'groups', 'facts'];

/** Adds a host to `hostvars`: its variables are looked up when they are asked for. */
export function addHostvars(values: object, host: HostVariables): void {
  Object.defineProperty(values, host.host.name, { enumerable: true, get: () => host.hostvars });
}

function hiding(layer: NamedLayer, secret: ReadonlySet<string>): NamedLayer {
  return {
    ...layer,
    get: (name) => {
      const value = layer.get(name);
      return value && secret.has(name) && 'kind' in value ? hidden(value, { name }) : value;
    },
  };
}

function mapLayer(map: DynamicMap): NamedLayer {
  return {
    get: (key) => map.entries.find((entry) => entry.key === key)?.value,
    names: () => map.entries.map((entry) => entry.key),
  };
}

function namesLayer(values: ReadonlyMap<string, Value>): NamedLayer {
  return {
    get: (key) => {
      const value = values.get(key);
      return value === undefined ? undefined : { value };
    },
    names: () => [...values.keys()],
  };
}

function pendingLayer(pending: ReadonlyMap<string, string>): NamedLayer {
  return {
    get: (key) => {
      const task = pending.get(key);
      return task === undefined ? undefined : { value: new Unknown('later', `the result of ‹${task}›`) };
    },
    names: () => [...pending.keys()],
  };
}

function paramDefaults(play: Play): NamedLayer {
  const find = (key: string) => play.params.find((param) => param.name === key)?.default;
  return { get: find, names: () => play.params.filter((param) => param.default).map(({ name }) => name) };
}
