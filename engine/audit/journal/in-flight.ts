// What had been sent to a host when the journal ended: `task.applying` without its `task.finished`.

/** A task whose steps may have run, wholly, partly or not at all. `at` is file:line. */
export interface InFlight {
  readonly host: string;
  readonly task: string;
  readonly at: string;
  readonly item?: string;
}

/** Follows a journal's lines. A host has at most one task in flight. */
export class InFlightTasks {
  readonly #byHost = new Map<string, InFlight>();

  see(line: { readonly [field: string]: unknown }): void {
    const { type, host, task, item } = line;
    if (typeof host !== 'string') return;
    if (type === 'task.finished' || type === 'handler.finished') this.#byHost.delete(host);
    if (type !== 'task.applying' && type !== 'handler.applying') return;
    const { name, file, line: number } = { name: '', file: '', line: 0, ...(typeof task === 'object' ? task : {}) };
    const flight = { host, task: String(name), at: `${String(file)}:${String(number)}` };
    this.#byHost.set(host, typeof item === 'string' ? { ...flight, item } : flight);
  }

  list(): InFlight[] {
    return [...this.#byHost.values()];
  }
}
