import * as z from 'zod';
import { shown } from '../errors/issue.ts';
import { identifierSchema } from '../identity/identifier-schema.ts';
import { parseInstant } from '../identity/instant.ts';
import { once } from '../internal/once.ts';
import { compareQuantities, formatQuantity, MAX_SCALE, parseQuantity, quantityProblem, type Quantity } from '../quantity/quantity.ts';
import { repeatedIds } from './line-ids.ts';
import { MEASURES } from './observations.ts';

/** The most lines that one order, sale or acknowledgement may have. @public */
export const MAX_LINES = 10_000;

/** Lines that are told apart by their ids. */
function distinct({ value, issues }: z.core.ParsePayload<readonly { readonly id: string }[]>): void {
  for (const { path, message } of repeatedIds(value)) issues.push({ code: 'custom', path: [...path], message, input: value });
}

/** What observations are made of. */
const parts = /* @__PURE__ */ once(() => {
  const identifier = identifierSchema();
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
  return { identifier, words, instant, signed, counter, someOf, lineCounters, event, place };
});

/** Every observation that books take in. */
export const observationSchema = /* @__PURE__ */ once(() => {
  const { identifier, words, instant, signed, counter, someOf, lineCounters, event, place } = parts();
  return z.discriminatedUnion('kind', [
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
      })).max(MAX_LINES).check(distinct),
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
});

/** A sale over the counter. */
export const saleSchema = /* @__PURE__ */ once(() => {
  const { identifier, instant, counter } = parts();
  return z.strictObject({
    kind: z.literal('sale'), channel: identifier, saleId: identifier, location: identifier, soldAt: instant, revision: instant.optional(),
    lines: z.array(z.strictObject({ id: identifier, sku: identifier, sold: counter, returned: counter.optional() }).check((context) => {
      const { sold, returned = '0' } = context.value;
      const [left, back] = [sold, returned].map((text) => parseQuantity(text, { scale: MAX_SCALE })) as [Quantity, Quantity];
      if (compareQuantities(back, left) > 0) context.issues.push({ code: 'custom', path: ['returned'], message: `${returned} of ${sold} sold cannot have come back`, input: returned });
    })).max(MAX_LINES).check(distinct),
  });
});
