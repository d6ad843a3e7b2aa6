// Which environment asks for traces, and where they go.
import { expect, test } from 'vitest';
import { tracesAsked } from '../../../engine/view/traces/asked.ts';

const HERE = 'http://127.0.0.1:4318';

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: HERE }, `${HERE}/v1/traces`],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: `${HERE}/base/` }, `${HERE}/base/v1/traces`],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${HERE}/mine` }, `${HERE}/mine`],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'x', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: HERE }, HERE],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_TRACES_EXPORTER: 'console, otlp' }, `${HERE}/v1/traces`],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_TRACES_EXPORTER: '' }, `${HERE}/v1/traces`],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_SDK_DISABLED: 'false' }, `${HERE}/v1/traces`],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, `${HERE}/v1/traces`],
])('%j: %s', (variables, url) => {
  expect(tracesAsked(variables)).toEqual({ url, files: {} });
});

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_SDK_DISABLED: 'TRUE' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_TRACES_EXPORTER: 'none' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_TRACES_EXPORTER: 'console' },
  { OTEL_TRACES_EXPORTER: 'otlp' },
])('%j: none', (variables) => {
  expect(tracesAsked(variables)).toBeUndefined();
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT is not'],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'x' }, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: HERE, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }, 'only OTLP over HTTP'],
])('%j is warned of', (variables, detail) => {
  expect(tracesAsked(variables)).toMatchObject({ severity: 'warning', detail: expect.stringContaining(detail) });
});

test('files of a TLS connection, those for traces first', () => {
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector',
    OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
    OTEL_EXPORTER_OTLP_CLIENT_KEY: 'key.pem',
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: 'own.pem',
  };
  expect(tracesAsked(variables)).toMatchObject({ files: { ca: 'ca.pem', key: 'own.pem' } });
});
