// Telling failures apart: what fails alike on many hosts is shown in full once.
import type { FailureData } from '../../event/event.ts';

/** A key that two failures share when they say the same in the same place. */
export function failureKey({ code, summary, detail, hint, at }: FailureData): string {
  return JSON.stringify([code, summary, detail, hint, at?.file, at?.line, at?.column]);
}
