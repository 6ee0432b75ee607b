export type Matrix = readonly (readonly number[])[];

/** (I − Q)⁻¹ by Gauss-Jordan elimination with partial pivoting. Throws when there is none. */
export function fundamentalMatrix(q: Matrix): Matrix {
  const size = q.length;
  // Left I − Q, right the identity, which becomes the inverse.
  const rows = q.map((row, i) => [
    ...row.map((value, j) => (i === j ? 1 : 0) - value),
    ...row.map((_, j) => (i === j ? 1 : 0)),
  ]);
  for (let column = 0; column < size; column++) {
    const pivot = rows.reduce(
      (best, row, i) => (i >= column && magnitude(row[column]) > magnitude(rows[best]?.[column]) ? i : best),
      column,
    );
    const pivotRow = rows[pivot] ?? [];
    const value = pivotRow[column] ?? 0;
    if (Math.abs(value) < Number.EPSILON) throw new Error('I − Q has no inverse: from some state nothing leads out');
    rows[pivot] = rows[column] ?? [];
    rows[column] = pivotRow.map((entry) => entry / value);
    for (let i = 0; i < size; i++) {
      const factor = rows[i]?.[column] ?? 0;
      if (i === column || factor === 0) continue;
      rows[i] = (rows[i] ?? []).map((entry, j) => entry - factor * (rows[column]?.[j] ?? 0));
    }
  }
  return rows.map((row) => row.slice(size));
}

export function times(matrix: Matrix, vector: readonly number[]): readonly number[] {
  return matrix.map((row) => row.reduce((sum, value, j) => sum + value * (vector[j] ?? 0), 0));
}

const magnitude = (value: number | undefined): number => Math.abs(value ?? 0);
