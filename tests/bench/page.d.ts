/** What a run of the benchmark has measured, as results.json has it. */
export interface Results {
  readonly cases: readonly { readonly name: string; readonly samples: Readonly<Record<string, unknown>> }[];
}

export function resultsOfPage(): Promise<Results>;
export function pageOf(results: Results): string;
export function chartsOf(results: Results): ReadonlyMap<string, string>;
