/** Edges out of each node with what they still carry. */
type Network = Map<string, Map<string, number>>;

function edge(network: Network, from: string, to: string, capacity: number): void {
  for (const node of [from, to]) if (!network.has(node)) network.set(node, new Map());
  network.get(from)?.set(to, (network.get(from)?.get(to) ?? 0) + capacity);
  if (!network.get(to)?.has(from)) network.get(to)?.set(from, 0);
}

/** One unit along any open way from node to `sink`. */
function augment(network: Network, node: string, visited: Set<string>): boolean {
  if (node === 'sink') return true;
  visited.add(node);
  for (const [next, capacity] of network.get(node) ?? []) {
    if (capacity <= 0 || visited.has(next) || !augment(network, next, visited)) continue;
    network.get(node)?.set(next, capacity - 1);
    network.get(next)?.set(node, (network.get(next)?.get(node) ?? 0) + 1);
    return true;
  }
  return false;
}

/** Units at each location, and units that someone wants from one of several locations. @public */
export interface Needs {
  readonly supply: ReadonlyMap<string, number>;
  readonly demands: readonly { readonly units: number; readonly from: readonly string[] }[];
}

/** How many units of demand can be served: a maximum flow, found one unit at a time. @public */
export function served({ supply, demands }: Needs): number {
  const network: Network = new Map();
  edge(network, 'source', 'sink', 0);
  for (const [location, units] of supply) edge(network, `at ${location}`, 'sink', units);
  demands.forEach(({ units, from }, index) => {
    edge(network, 'source', `demand ${String(index)}`, units);
    for (const location of from) edge(network, `demand ${String(index)}`, `at ${location}`, 10_000);
  });
  let flow = 0;
  while (augment(network, 'source', new Set())) flow += 1;
  return flow;
}

/**
 * How much more could be served of somebody who may draw on some locations and wants as much as there is, when all
 * others are served as well as they can be. Found one unit at a time: for small worlds.
 *
 * @public
 */
export function leftByMaximumFlow(from: readonly string[], { supply, demands }: Needs): number {
  const all = [...supply.values()].reduce((sum, units) => sum + units, 0);
  return served({ supply, demands: [...demands, { units: all, from }] }) - served({ supply, demands });
}
