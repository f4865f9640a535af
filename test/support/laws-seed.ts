/** What `npm test` draws from. Any number would do; a change of it draws every law anew. */
export const FIXED_SEED = 20_261_129;

/**
 * The seed that every property draws from unless it names its own, as `LAWS_SEED` says: the fixed one where it is not
 * set, a whole number of 32 bits, or `random` for a fresh one for each property, which is then `undefined`.
 */
export function lawsSeed(said: string | undefined): number | undefined {
  if (said === undefined || said === '') return FIXED_SEED;
  if (said === 'random') return undefined;
  const seed = Number(said);
  // What fast-check prints is a number of 32 bits; it would turn any other into one that repeats something else.
  if (seed !== (seed | 0)) throw new Error(`LAWS_SEED is "random" or a whole number of 32 bits, and not ${JSON.stringify(said)}.`);
  return seed;
}
