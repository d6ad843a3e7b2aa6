// What a span says of a run or a task, by the names of OpenTelemetry's semantic conventions where there is one (host, server, code, error,
// cicd), and below `vrun.` where there is none: https://opentelemetry.io/docs/specs/semconv/.
import { basename } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import type { FailureData, RunFinished, RunStarted, TaskFinished } from '../../event/event.ts';

/** Its name is that of a pipeline's run: `RUN site.yml`. */
export function attributesOfRun(event: RunStarted): { readonly name: string; readonly attributes: Attributes } {
  const pipeline = event.runbooks.map((file) => basename(file)).join(' ');
  return {
    name: `RUN ${pipeline}`,
    attributes: {
      'cicd.pipeline.name': pipeline,
      'cicd.pipeline.run.id': event.run,
      'vrun.run.id': event.run,
      'vrun.run.check': event.check,
      'vrun.run.operator': event.operator,
      'vrun.run.hosts': event.hosts.length,
    },
  };
}

const RESULTS = { ok: 'success', failed: 'failure', interrupted: 'cancellation' } as const;

/** How a run ended, as `cicd.pipeline.result` has it. */
export function resultOf(status: RunFinished['status']): string {
  return RESULTS[status];
}

export function attributesOfTask(event: TaskFinished): Attributes {
  const { host, task, type, status, changes, item, delegate, attempts, rescued, failure } = event;
  return {
    'host.name': host,
    'code.file.path': task.file,
    'code.line.number': task.line,
    'vrun.run.id': event.run,
    'vrun.task.kind': type === 'handler.finished' ? 'handler' : 'task',
    'vrun.task.module': task.module,
    'vrun.task.status': status,
    'vrun.task.changes': changes.length,
    ...(item === undefined ? {} : { 'vrun.task.item': item }),
    ...(delegate === undefined ? {} : { 'vrun.task.delegate': delegate }),
    ...(attempts === undefined ? {} : { 'vrun.task.attempts': attempts }),
    ...(rescued ? { 'vrun.task.rescued': true } : {}),
    ...(failure ? ofFailure(failure) : {}),
  };
}

export function ofFailure({ code, summary }: FailureData): Attributes {
  return { 'error.type': code, 'vrun.problem.summary': summary };
}
