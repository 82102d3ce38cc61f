/** The cells of a sweep: every combination of the values of each factor, the last factor fastest. */

export interface Factor {
  readonly path: string;
  readonly values: readonly string[];
}

/** Each combination as the values of the factors, in their order. */
export function gridOf(factors: readonly Factor[]): string[][] {
  return factors.reduce<string[][]>(
    (rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
}
