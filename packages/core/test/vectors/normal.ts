/*
 * The one thing here that is computed: how much normally distributed demand stays below with a given probability, and the
 * probability at which one sale more is worth as much as it may cost. No part of stock-keeping, so no part of the library.
 */

/** The probability that demand of the better fare should be met with: what is lost with it, as a part of the fare. */
export function criticalRatio({ high, low }: { readonly high: number; readonly low: number }): number {
  return (high - low) / high;
}

/** Demand as a text that a rule takes: nobody asks for less than nothing, and nine digits are finer than doubles are exact. */
export function demandText(probability: number, demand: { readonly mean: number; readonly sd: number }): string {
  return Math.max(0, normalQuantile(probability, demand)).toFixed(9);
}

/** P(Z <= z), by the series of the error function near zero and its continued fraction in the tail. */
function cumulative(z: number): number {
  if (z < 0) return 1 - cumulative(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let odd = 3; Math.abs(term) > 1e-17; odd += 2) sum += term *= (z * z) / odd;
    return 0.5 + sum * density;
  }
  let tail = z;
  for (let depth = 200; depth > 0; depth -= 1) tail = z + depth / tail;
  return 1 - density / tail;
}

/** The value that a normal variable stays at or below with a probability between 0 and 1. */
export function normalQuantile(probability: number, { mean, sd }: { readonly mean: number; readonly sd: number }): number {
  let [low, high] = [-40, 40];
  for (let round = 0; round < 200; round += 1) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < probability) low = middle;
    else high = middle;
  }
  // Nine digits are far finer than anybody counts, and hide where doubles end.
  return Number((mean + ((low + high) / 2) * sd).toFixed(9));
}
