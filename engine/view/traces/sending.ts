// Spans on their way to a collector: counted, so that what didn't arrive is told, and given up when the time is over.
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

type Done = Parameters<SpanExporter['export']>[1];

/** As ExportResultCode of @opentelemetry/core, which has it as an enum: 0 is success. */
const FAILED = 1;

/** An exporter around another one. */
export class Sending implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #pending = new Set<Done>();
  /** Spans that the collector has taken. */
  sent = 0;
  /** The first failure. */
  failure: Error | undefined;

  constructor(inner: SpanExporter) {
    this.#inner = inner;
  }

  export(spans: ReadableSpan[], done: Done): void {
    const once: Done = (result) => {
      if (!this.#pending.delete(once)) return;
      if (result.code === FAILED) this.failure ??= result.error ?? new Error('it gave no reason');
      else this.sent += spans.length;
      done(result);
    };
    this.#pending.add(once);
    this.#inner.export(spans, once);
  }

  /** Whatever is still under way counts as failed: nobody waits for it any more. */
  giveUp(): void {
    for (const done of [...this.#pending]) done({ code: FAILED, error: new Error('it didn’t answer in time') });
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }
}
