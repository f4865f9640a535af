import * as z from 'zod';
import { shown } from '../errors/issue.ts';
import { invalidInput } from '../errors/error.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import { identifierProblem } from '../identity/ids.ts';
import { parseInstant } from '../identity/instant.ts';
import { formatQuantity, MAX_SCALE, parseQuantity, quantityProblem } from '../quantity/quantity.ts';
import { MEASURES } from './observations.ts';
import type { BookObservation, SaleObservation } from './events.ts';

/** The most lines that one order, sale or acknowledgement may have. @public */
export const MAX_LINES = 10_000;

const identifier = z.string().check((context) => {
  const problem = identifierProblem(context.value, 'identifier');
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
});
const words = z.string().max(1000);
const instant = z.string().max(64).transform((value, context) => {
  try {
    return parseInstant(value);
  } catch {
    context.issues.push({ code: 'custom', message: `${shown(value)} is not an ISO 8601 time with an offset, such as 2026-11-23T10:00:00Z`, input: value });
    return z.NEVER;
  }
});
const signed = z.union([z.string(), z.number()]).transform((value, context) => {
  const problem = quantityProblem(value, MAX_SCALE);
  if (problem === undefined) return formatQuantity(parseQuantity(value, { scale: MAX_SCALE }), MAX_SCALE);
  context.issues.push({ code: 'custom', message: problem, input: value });
  return z.NEVER;
});
const counter = signed.check((context) => {
  if (context.value.startsWith('-')) context.issues.push({ code: 'custom', message: `${context.value} must not be negative`, input: context.value });
});
const someOf = counter.check((context) => {
  if (context.value === '0') context.issues.push({ code: 'custom', message: 'must be greater than zero', input: context.value });
});

const lineCounters = { ordered: counter, fulfilled: counter, cancelled: counter, returned: counter };
const event = { source: identifier, id: identifier, sku: identifier };
const place = { ...event, location: identifier, at: instant };

const observationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('stock'), source: identifier, sku: identifier, location: identifier, asOf: instant,
    measures: z.strictObject(Object.fromEntries(MEASURES.map((measure) => [measure, signed.optional()]))),
  }),
  z.strictObject({ kind: z.literal('delta'), ...place, measure: z.enum(MEASURES), delta: signed, reason: words.optional() }),
  z.strictObject({
    kind: z.literal('order'), channel: identifier, orderId: identifier, revision: instant, placedAt: instant,
    payment: z.enum(['pending', 'authorized', 'paid', 'failed']).optional(),
    lines: z.array(z.strictObject({
      id: identifier, sku: identifier, location: identifier.optional(), promise: z.enum(['stock', 'backorder', 'preorder']).optional(), ...lineCounters,
    })).max(MAX_LINES),
  }),
  z.strictObject({
    kind: z.literal('acknowledgement'), source: identifier, channel: identifier, orderId: identifier, revision: instant,
    contained: z.array(z.strictObject({ sku: identifier, ...lineCounters })).max(MAX_LINES),
  }),
  z.strictObject({ kind: z.literal('receipt'), ...place, quantity: someOf, unavailable: counter.optional(), incoming: identifier.optional() }),
  z.strictObject({
    kind: z.literal('condition'), ...place, quantity: someOf,
    from: z.enum(['sellable', 'unavailable']), to: z.enum(['sellable', 'unavailable', 'writtenOff']), reason: words.optional(),
  }).check((context) => {
    const { from, to } = context.value;
    if (from === to) context.issues.push({ code: 'custom', path: ['to'], message: `from ${from} to ${to} changes nothing`, input: to });
  }),
  z.strictObject({ kind: z.literal('count'), source: identifier, sku: identifier, location: identifier, at: instant, onHand: signed, unavailable: counter.optional() }),
  z.strictObject({
    kind: z.literal('transfer'), ...event, from: identifier, to: identifier, at: instant, dispatched: counter, received: counter, lost: counter,
  }).check((context) => {
    const { from, to } = context.value;
    if (from === to) context.issues.push({ code: 'custom', path: ['to'], message: `a transfer from ${from} must go somewhere else`, input: to });
  }),
  z.strictObject({
    kind: z.literal('incoming'), source: identifier, reference: identifier, sku: identifier, location: identifier, revision: instant,
    expectedAt: instant.optional(), expected: counter, received: counter, cancelled: counter,
  }),
  z.strictObject({ kind: z.literal('watermark'), source: identifier, channel: identifier, revision: instant, through: instant }),
]);

const saleSchema = z.strictObject({
  kind: z.literal('sale'), channel: identifier, saleId: identifier, location: identifier, soldAt: instant, revision: instant.optional(),
  lines: z.array(z.strictObject({ id: identifier, sku: identifier, sold: counter, returned: counter.optional() })).max(MAX_LINES),
});

/**
 * Reads an observation from JSON. Quantities may be texts or numbers and become canonical text; moments become UTC.
 *
 * @param input - One observation; unknown kinds and properties are refused. A step of the sku that is coarser than the
 *   quantity is found when the books take it in, since only they know it.
 * @param path - Where the value stood in the caller's input, for the message.
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @example
 * ```ts
 * parseObservation({ kind: 'count', source: 'wms', sku: 'MUG', location: 'W1', at: '2026-11-23T10:00:00Z', onHand: 12 })
 * ```
 * @public
 */
export function parseObservation(input: unknown, path: readonly (string | number)[] = []): BookObservation {
  return read(observationSchema, input, { what: 'observation', path }) as unknown as BookObservation;
}

/**
 * Reads a sale over the counter from JSON, on the same terms as {@link parseObservation}.
 *
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @public
 */
export function parseSale(input: unknown, path: readonly (string | number)[] = []): SaleObservation {
  return read(saleSchema, input, { what: 'sale', path }) as unknown as SaleObservation;
}

function read(schema: z.ZodType, input: unknown, { what, path }: { what: string; path: readonly (string | number)[] }): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(what, schemaIssues(parsed.error.issues, path));
}
