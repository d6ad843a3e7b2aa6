export interface Group {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly values: readonly number[] }[];
}

export function chart(about: {
  readonly title: string;
  readonly groups: readonly Group[];
  readonly logarithmic?: boolean;
}): string;
