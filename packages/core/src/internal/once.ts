/**
 * Makes a value when it is first asked for, and once. A schema made this way, and marked pure, weighs nothing in a bundle that
 * never reads with it: a bundler must keep what a call at the top of a module makes.
 */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
