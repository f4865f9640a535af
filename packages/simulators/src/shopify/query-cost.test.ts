import { Kind, parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { connectionFactor, requestedCost } from './query-cost.ts';
import { shopSchema } from './schema.ts';

function cost(text: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const document = parse(text);
  const operation = document.definitions.find((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('The text holds no operation.');
  return requestedCost({ schema: shopSchema('2026-10'), operation, fragments: new Map(), variables });
}

describe('requestedCost', () => {
  it.each([[1, 1], [2, 1], [5, 3], [10, 4], [20, 5], [50, 7], [250, 11]])('counts the nodes of a page of %i %i times', (size, factor) => {
    expect(connectionFactor(size)).toBe(factor);
  });

  it('agrees with recorded answers of the vendor', () => {
    expect(cost('{ locations(first: 1) { nodes { id name } } }')).toBe(3);
    expect(cost('{ shop { currencyCode } locations(first: 1) { nodes { id name isActive } } }')).toBe(4);
    expect(cost('query Q($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: ['1', '2'] })).toBe(1);
    expect(cost(`query Q($id: ID!, $l: ID!) { inventoryItem(id: $id) { inventoryLevel(locationId: $l) { item { id } quantities(names: ["available"]) { name } } } }`)).toBe(4);
    expect(cost('mutation M($id: ID!) { inventoryItemUpdate(id: $id, input: {}) { inventoryItem { id } userErrors { field message } } }')).toBe(10);
    expect(cost('mutation M($i: ID!, $l: ID!) { inventoryActivate(inventoryItemId: $i, locationId: $l) { inventoryLevel { id location { id } item { id } } userErrors { field } } }')).toBe(12);
    expect(cost('mutation M($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) { inventoryAdjustmentGroup { id changes { name item { id } location { id } } } userErrors { code } } }')).toBe(13);
  });
});
