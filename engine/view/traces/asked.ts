// Whether traces are asked for, by the environment variables that OpenTelemetry has for all programs:
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and …/protocol/exporter/.
import type { Problem } from '../../language/problem/problem.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Where spans go, and the PEM files of a TLS connection. */
export interface TracesTarget {
  readonly url: string;
  readonly files: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Undefined where no traces are asked for; a Problem, a warning, where they can't be sent as they are. */
export function tracesAsked(variables: Variables): TracesTarget | Problem | undefined {
  const value = (name: string) => variables[name]?.trim() || undefined; // an empty one is as good as none
  const own = value('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const shared = value('OTEL_EXPORTER_OTLP_ENDPOINT');
  const exporters = value('OTEL_TRACES_EXPORTER')?.split(',') ?? ['otlp'];
  const isOff =
    value('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || !exporters.some((name) => name.trim() === 'otlp');
  if (isOff || (own === undefined && shared === undefined)) return undefined;
  const either = (name: string) => value(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? value(`OTEL_EXPORTER_OTLP_${name}`);
  if (either('PROTOCOL') === 'grpc')
    return refused('OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and only OTLP over HTTP is spoken.');
  // The shared address is a base; the one for traces is used as it stands.
  const url = own ?? `${shared?.replace(/\/$/, '')}/v1/traces`;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    const name = own === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
    return refused(`${name} is not of the form http://HOST:PORT or https://HOST:PORT.`);
  }
  const files = { ca: either('CERTIFICATE'), cert: either('CLIENT_CERTIFICATE'), key: either('CLIENT_KEY') };
  const named = Object.entries(files).filter(([, path]) => path !== undefined);
  return { url, files: Object.fromEntries(named) };
}

function refused(detail: string): Problem {
  return {
    code: 'config',
    severity: 'warning',
    summary: 'No traces are sent',
    detail,
    hint: 'A collector takes them at port 4318:\n    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318\nor let nobody ask for them:\n    OTEL_SDK_DISABLED=true',
  };
}
