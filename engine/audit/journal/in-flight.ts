// What had been sent to a host when the journal ended: `task.applying` without its `task.finished` or `task.withdrawn`.

/** A task whose steps may have run, wholly, partly or not at all. `at` is file:line. */
export interface InFlight {
  readonly host: string;
  readonly task: string;
  readonly at: string;
  readonly item?: string;
}

/** Follows a journal's lines. A host has the tasks of one message in flight at most. */
export class InFlightTasks {
  readonly #byHost = new Map<string, readonly InFlight[]>();

  see(line: { readonly [field: string]: unknown }): void {
    const { type, host } = line;
    if (typeof host !== 'string') return;
    if (type === 'host.restarted') this.#byHost.delete(host);
    const before = this.#byHost.get(host) ?? [];
    if (type === 'task.applying' || type === 'handler.applying')
      this.#byHost.set(host, [...before, flightOf(host, line)]);
    if (type !== 'task.finished' && type !== 'handler.finished' && type !== 'task.withdrawn') return;
    const { task, at, item } = flightOf(host, line);
    const over = before.findIndex((one) => one.task === task && one.at === at && one.item === item);
    const left = over < 0 ? before : before.toSpliced(over, 1);
    if (left.length > 0) this.#byHost.set(host, left);
    else this.#byHost.delete(host);
  }

  list(): InFlight[] {
    return [...this.#byHost.values()].flat();
  }
}

function flightOf(host: string, { task, item }: { readonly [field: string]: unknown }): InFlight {
  const { name, file, line } = { name: '', file: '', line: 0, ...(typeof task === 'object' ? task : {}) };
  const flight = { host, task: String(name), at: `${String(file)}:${String(line)}` };
  return typeof item === 'string' ? { ...flight, item } : flight;
}
