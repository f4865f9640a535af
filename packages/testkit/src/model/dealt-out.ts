/** D'Hondt: one unit at a time to the largest weight divided by one more than it has; of equal ones to the first. */
export function dealtOut(units: number, weights: readonly number[]): readonly number[] {
  const parts = weights.map(() => 0);
  if (weights.every((weight) => weight <= 0)) return parts;
  for (let left = units; left > 0; left -= 1) {
    const quotients = weights.map((weight, index) => weight / ((parts[index] ?? 0) + 1));
    const best = quotients.indexOf(Math.max(...quotients));
    parts[best] = (parts[best] ?? 0) + 1;
  }
  return parts;
}
