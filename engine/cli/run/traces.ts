// Traces of a run, where the environment asks for them: then what makes them is loaded.
import { resolve } from 'node:path';
import { systemReason } from '../../base/file-error.ts';
import { mapMembers } from '../../base/plain-data.ts';
import { NotPlain } from '../../base/plain-file.ts';
import { tracesAsked } from '../../view/traces/asked.ts';
import type { Traces } from '../../view/traces/traces.ts';
import type { Environment } from '../shared/environment.ts';
import { reportProblems } from '../shared/problems.ts';
import { VERSION } from '../shared/version.ts';

/** Undefined where nobody asks for them, or where they can't be sent: that is warned of, and the run goes on. */
export async function tracesFor(environment: Environment): Promise<Traces | undefined> {
  const { variables, cwd } = environment;
  const asked = tracesAsked(variables);
  if (asked === undefined) return undefined;
  if ('code' in asked) {
    reportProblems([asked], environment);
    return undefined;
  }
  const { openTraces } = await import('../../view/traces/traces.ts');
  try {
    const files = mapMembers(asked.files, (path) => resolve(cwd, path));
    return await openTraces({ url: asked.url, files, version: VERSION, variables, clock: Date.now });
  } catch (error) {
    const reason = error instanceof NotPlain ? error.message : systemReason(error);
    if (reason === undefined) throw error;
    reportProblems([unreadable(reason)], environment);
    return undefined;
  }
}

function unreadable(reason: string) {
  return {
    code: 'file-unreadable',
    severity: 'warning',
    summary: 'No traces are sent: a file for the connection to the collector can’t be read',
    detail: `${reason}. OTEL_EXPORTER_OTLP_CERTIFICATE and the like name it.`,
  } as const;
}
