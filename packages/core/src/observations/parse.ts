import type * as z from 'zod';
import { invalidInput } from '../errors/error.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import type { BookObservation, SaleObservation } from './events.ts';
import { observationSchema, saleSchema } from './schemas.ts';

/**
 * Reads an observation from JSON. Quantities may be texts or numbers and become canonical text; moments become UTC.
 *
 * @param input - One observation; unknown kinds and properties are refused. A step of the sku that is coarser than the
 *   quantity is found when the books take it in, since only they know it.
 * @param path - Where the value stood in the caller's input, for the message.
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @example
 * ```ts
 * parseObservation({ kind: 'count', source: 'wms', sku: 'MUG', location: 'W1', at: '2026-11-23T11:00:00+01:00', onHand: 12 }) // => { kind: 'count', source: 'wms', sku: 'MUG', location: 'W1', at: '2026-11-23T10:00:00.000Z', onHand: '12' }
 * ```
 * @public
 */
export function parseObservation(input: unknown, path: readonly (string | number)[] = []): BookObservation {
  return read(observationSchema(), input, { what: 'observation', path }) as unknown as BookObservation;
}

/**
 * Reads a sale over the counter from JSON, on the same terms as {@link parseObservation}.
 *
 * @param input - One sale; unknown properties are refused, and so is what came back beyond what was sold.
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @example
 * ```ts
 * parseSale({ kind: 'sale', channel: 'till', saleId: 'T-1', location: 'W1', soldAt: asOf, lines: [{ id: '1', sku: 'MUG', sold: 2 }] }).lines // => [{ id: '1', sku: 'MUG', sold: '2' }]
 * ```
 * @public
 */
export function parseSale(input: unknown, path: readonly (string | number)[] = []): SaleObservation {
  return read(saleSchema(), input, { what: 'sale', path }) as unknown as SaleObservation;
}

function read(schema: z.ZodType, input: unknown, { what, path }: { what: string; path: readonly (string | number)[] }): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(what, schemaIssues(parsed.error.issues, path));
}
