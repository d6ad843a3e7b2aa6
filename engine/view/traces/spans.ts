// A run's events as spans: the run, its plays with their batches, their hosts, and what was done on each.
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Event, FailureData, HostConnected, RunFinished, TaskFinished } from '../../event/event.ts';
import type { Clock } from '../summary/view.ts';
import { attributesOfRun, attributesOfTask, ofFailure, resultOf } from './attributes.ts';

/** A span that others may be below. */
interface Open {
  readonly span: Span;
  readonly context: Context;
}

interface OpenHost extends Open {
  /** When it was last heard of, in ms since the epoch: where its span ends. */
  last: number;
  /** A loop's items, until the task itself ends. */
  items: Ended[];
}

/** What is told of one host. */
type HostEvent = Exclude<Extract<Event, { host: string }>, { type: 'warning' | 'checklist.changed' }>;

interface Ended {
  readonly event: TaskFinished;
  readonly at: number;
}

/** Takes the events of one run, each at its time: what took so many ms began as long before. */
export class RunSpans {
  readonly #tracer: Tracer;
  readonly #clock: Clock;
  readonly #hosts = new Map<string, OpenHost>();
  #run: Open | undefined;
  #play: Open | undefined;
  #batch: Open | undefined;

  constructor(tracer: Tracer, clock: Clock) {
    this.#tracer = tracer;
    this.#clock = clock;
  }

  see(event: Event): void {
    const at = this.#clock();
    switch (event.type) {
      case 'run.started': {
        const { name, attributes } = attributesOfRun(event);
        this.#run = this.#start(name, at, undefined, { attributes, kind: SpanKind.SERVER });
        return;
      }
      case 'play.started': {
        this.#endPlay(at);
        const attributes = { 'vrun.play.name': event.play, 'vrun.play.hosts': event.hosts.length };
        this.#play = this.#start(event.play, at, this.#run, { attributes });
        return;
      }
      case 'batch.started': {
        this.#endBatch(at);
        const { batch, batches, hosts } = event;
        const attributes = {
          'vrun.batch.number': batch,
          'vrun.batch.count': batches,
          'vrun.batch.hosts': hosts.length,
        };
        this.#batch = this.#start(`batch ${batch}`, at, this.#play, { attributes });
        return;
      }
      case 'play.stopped':
        fail(this.#play?.span, `more than ${event.allowed} % of its hosts failed: ${event.failed.join(', ')}`);
        return;
      case 'play.finished':
        this.#endPlay(at);
        return;
      case 'warning':
        this.#warned(event.host, event.problem, at);
        return;
      case 'run.finished':
        this.#runFinished(event, at);
        return;
      case 'run.resumed': // the trace is of what is done now
      case 'checklist.changed':
        return; // what it goes by was told of the tasks
      default:
        this.#seeHost(event, at);
    }
  }

  #seeHost(event: HostEvent, at: number): void {
    switch (event.type) {
      case 'host.connected':
        this.#connected(event, at);
        return;
      case 'host.restarted': {
        const host = this.#host(event.host, at, at);
        host.items = []; // what was begun is done again
        host.span.addEvent('host.restarted', {}, new Date(at));
        return;
      }
      case 'host.failed':
        failBy(this.#host(event.host, at, at).span, event.failure);
        return;
      case 'task.finished':
      case 'handler.finished':
        this.#finished(event, at);
        return;
      // They say nothing that the end of their task doesn't, but that the host is at work.
      case 'host.recovered':
      case 'task.started':
      case 'task.applying':
      case 'handler.applying':
      case 'task.transferring':
      case 'task.withdrawn':
        this.#host(event.host, at, at);
    }
  }

  /** Ends whatever is open: a run that broke off has no last event. */
  end(): void {
    const at = this.#clock();
    this.#endPlay(at);
    this.#run?.span.end(new Date(at));
    this.#run = undefined;
  }

  #start(
    name: string,
    at: number,
    parent: Open | undefined,
    options: { attributes: Attributes; kind?: SpanKind },
  ): Open {
    const above = parent?.context ?? ROOT_CONTEXT;
    const span = this.#tracer.startSpan(name, { ...options, startTime: new Date(at) }, above);
    return { span, context: trace.setSpan(above, span) };
  }

  /** The span of a host in the play, which begins with the first that is heard of it. */
  #host(name: string, since: number, at: number): OpenHost {
    let host = this.#hosts.get(name);
    if (!host) {
      const above = this.#batch ?? this.#play ?? this.#run;
      const opened = this.#start(name, since, above, { attributes: { 'host.name': name } });
      host = { ...opened, last: at, items: [] };
      this.#hosts.set(name, host);
    }
    host.last = at;
    return host;
  }

  #connected({ host: name, address, user, ms, delegate }: HostConnected, at: number): void {
    const host = this.#host(name, at - ms, at);
    host.span.setAttributes({
      'server.address': address,
      'user.name': user,
      ...(delegate ? { 'vrun.delegate': true } : {}),
    });
    const attributes = { 'host.name': name, 'server.address': address, 'user.name': user };
    this.#start('connect', at - ms, host, { attributes, kind: SpanKind.CLIENT }).span.end(new Date(at));
  }

  #finished(event: TaskFinished, at: number): void {
    const host = this.#host(event.host, at - event.ms, at);
    if (event.item !== undefined) {
      host.items.push({ event, at });
      return;
    }
    const task = this.#task({ event, at }, host);
    for (const item of host.items) this.#task(item, task);
    host.items = [];
    if (isFailure(event)) fail(host.span, `${event.task.name}: ${event.failure?.summary ?? event.status}`);
  }

  #task({ event, at }: Ended, above: Open): Open {
    const opened = this.#start(event.task.name, at - event.ms, above, { attributes: attributesOfTask(event) });
    if (isFailure(event)) failBy(opened.span, event.failure);
    opened.span.end(new Date(at));
    return opened;
  }

  #warned(name: string | null, problem: FailureData, at: number): void {
    const span = name === null ? this.#run?.span : this.#host(name, at, at).span;
    span?.addEvent(
      'warning',
      { 'vrun.problem.code': problem.code, 'vrun.problem.summary': problem.summary },
      new Date(at),
    );
  }

  #runFinished(event: RunFinished, at: number): void {
    this.#run?.span.setAttribute('cicd.pipeline.result', resultOf(event.status));
    if (event.status === 'interrupted') fail(this.#run?.span, 'interrupted');
    if (event.status === 'failed') {
      const totals = Object.entries(event.hosts);
      const failed = totals.flatMap(([name, { failed, unreachable }]) => (failed > 0 || unreachable ? [name] : []));
      fail(this.#run?.span, `${failed.length} of ${totals.length} hosts failed: ${failed.join(', ')}`);
    }
    this.#endPlay(at);
    this.#run?.span.end(new Date(at));
    this.#run = undefined;
  }

  #endBatch(at: number): void {
    for (const host of this.#hosts.values()) {
      for (const item of host.items) this.#task(item, host); // of a task that didn't come to its end
      host.span.end(new Date(host.last));
    }
    this.#hosts.clear();
    this.#batch?.span.end(new Date(at));
    this.#batch = undefined;
  }

  #endPlay(at: number): void {
    this.#endBatch(at);
    this.#play?.span.end(new Date(at));
    this.#play = undefined;
  }
}

/** What nothing took care of. */
function isFailure({ status, rescued = false }: TaskFinished): boolean {
  return (status === 'failed' && !rescued) || status === 'unreachable';
}

function fail(span: Span | undefined, message: string): void {
  span?.setStatus({ code: SpanStatusCode.ERROR, message });
}

function failBy(span: Span, failure: FailureData | undefined): void {
  fail(span, failure?.summary ?? 'failed');
  if (failure) span.setAttributes(ofFailure(failure));
}
