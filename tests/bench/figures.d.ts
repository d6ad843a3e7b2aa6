type Figures = Readonly<Record<string, number>>;

export interface Goal {
  readonly of: string;
  readonly over?: string;
  readonly beyond?: string;
  readonly measure?: 'seconds' | 'cpu' | 'megabytes' | 'failed';
  readonly atMost?: number;
  readonly atLeast?: number;
}

export function median(values: readonly number[]): number;
export function figureOf(samples: readonly Figures[] | undefined, measure: string): number | undefined;
export function goalsOf(
  each: { readonly goals?: readonly Goal[] },
  samples: Readonly<Record<string, readonly Figures[]>>,
): { what: string; measured: number; aim: string; met: boolean }[];
export function roundTrips(
  places: readonly { readonly delay: number; readonly samples: readonly Figures[] | undefined }[],
): number | undefined;
export function digits(value: number): string;
