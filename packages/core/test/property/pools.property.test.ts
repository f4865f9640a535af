import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAvailability, parseCatalog, parseSku, type ChannelId, type LocationId, type Policy, type Position } from '../../src/index.ts';
import { NOON, policies, readerOf, worlds } from './arbitraries.ts';

const SKU = parseSku('A');

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

/** How many units of demand can be served, with as much more demand of one channel as one likes. */
function served(policy: Policy, { supply, claims }: { supply: ReadonlyMap<LocationId, number>; claims: ReadonlyMap<ChannelId, number> }, more?: ChannelId): number {
  const network: Network = new Map();
  edge(network, 'source', 'sink', 0);
  for (const [location, units] of supply) edge(network, `at ${location}`, 'sink', units);
  for (const { id, locations } of policy.channels) {
    edge(network, 'source', `claims of ${id}`, (claims.get(id) ?? 0) + (id === more ? 1000 : 0));
    for (const location of locations) edge(network, `claims of ${id}`, `at ${location}`, 10_000);
  }
  let flow = 0;
  while (augment(network, 'source', new Set())) flow += 1;
  return flow;
}

it('leaves each channel what a maximum flow leaves it', () => {
  const catalog = parseCatalog([{ sku: 'A' }]);
  const world = worlds({ least: 0, most: 12, routed: false }).map((positions) => positions.get(SKU)).filter((position) => position !== undefined);

  fc.assert(fc.property(policies({ kinds: [] }), world, (policy, position: Position) => {
    const calculator = createAvailability({ policy, catalog });
    const supply = new Map([...position.locations].map(([location, { onHand }]) => [location, Number(onHand)]));
    const claims = new Map<ChannelId, number>(policy.channels.map(({ id }) => [
      id,
      Number(position.unrouted.get(id) ?? 0)
        + position.holds.filter(({ channel, expiresAt }) => channel === id && expiresAt > NOON).reduce((sum, { quantity }) => sum + Number(quantity), 0),
    ]));

    for (const { id } of policy.channels) {
      const { immediate } = calculator.compute({ channel: id, sku: SKU }, readerOf(new Map([[SKU, position]])), { asOf: NOON });
      expect(immediate).toBe(served(policy, { supply, claims }, id) - served(policy, { supply, claims }));
    }
  }), { numRuns: 400 });
});
