import * as z from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import { invalidInput, type Issue } from '../errors/error.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import { identifierSchema } from '../identity/identifier-schema.ts';
import type { ChannelId, Sku } from '../identity/ids.ts';
import { parseInstant } from '../identity/instant.ts';
import { once } from '../internal/once.ts';
import { compareQuantities, parseQuantity, quantityProblem, type Quantity } from '../quantity/quantity.ts';
import { MAX_LINES } from '../observations/schemas.ts';
import type { HoldRequest } from './decide-hold.ts';

const requestSchema = /* @__PURE__ */ once(() => {
  const identifier = identifierSchema();
  const amount = z.union([z.string(), z.number()]);
  return z.strictObject({
    id: identifier, channel: identifier, expiresAt: z.string().max(64), grant: z.enum(['all', 'part']),
    lines: z.array(z.strictObject({
      sku: identifier, quantity: amount, promise: z.enum(['stock', 'backorder', 'preorder']).optional(),
      limits: z.strictObject({ least: amount.optional(), most: amount.optional(), multipleOf: amount.optional() }).optional(),
    })).min(1).max(MAX_LINES),
  });
});

/**
 * Reads a request for a hold from JSON. Quantities are in units of each sku and must fit its step.
 *
 * @param input - {@link HoldRequest} with quantities as texts or numbers; unknown properties and skus are refused.
 * @returns Quantities in steps of each sku; nothing is rounded.
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @example
 * ```ts
 * const catalog = parseCatalog([{ sku: 'SUGAR', scale: 2 }]);
 * const request = parseHoldRequest({ id: 'cart-1', channel: 'shop', expiresAt: addMs(asOf, 600_000), grant: 'part', lines: [{ sku: 'SUGAR', quantity: '1.25' }] }, catalog);
 * request.lines.map(({ quantity }) => quantity) // => [125]
 * ```
 * @public
 */
export function parseHoldRequest(input: unknown, catalog: Catalog): HoldRequest {
  const parsed = requestSchema().safeParse(input);
  if (!parsed.success) throw invalidInput('request for a hold', schemaIssues(parsed.error.issues));
  const issues: Issue[] = [];
  const { id, channel, grant, expiresAt, lines } = parsed.data;
  const read = (value: string | number | undefined, { scale, path, least }: { readonly scale: number; readonly path: readonly (string | number)[]; readonly least?: 0 }): Quantity | undefined => {
    if (value === undefined) return undefined;
    const problem = quantityProblem(value, scale);
    const quantity = problem === undefined ? parseQuantity(value, { scale }) : 0;
    const message = problem ?? (compareQuantities(quantity, 0) >= (least ?? 1) ? undefined : `${String(value)} must ${least === 0 ? 'not be less' : 'be greater'} than 0`);
    if (message !== undefined) issues.push({ path, message });
    return quantity;
  };
  const request: HoldRequest = {
    id, channel: channel as ChannelId, grant, expiresAt: parseInstant(expiresAt, ['expiresAt']),
    lines: lines.map(({ sku, quantity, promise, limits }, index) => {
      const item = catalog.items.get(sku as Sku);
      const path = ['lines', index];
      if (item === undefined) issues.push({ path: [...path, 'sku'], message: `the catalogue has no sku ${sku}` });
      const scale = item?.scale ?? 0;
      const at = (name: string): { readonly scale: number; readonly path: readonly (string | number)[] } => ({ scale, path: [...path, 'limits', name] });
      const bounds = { least: read(limits?.least, { ...at('least'), least: 0 }), most: read(limits?.most, { ...at('most'), least: 0 }), multipleOf: read(limits?.multipleOf, at('multipleOf')) };
      return { sku: sku as Sku, quantity: read(quantity, { scale, path: [...path, 'quantity'] }) ?? 0, promise, limits: limits === undefined ? undefined : bounds };
    }),
  };
  if (issues.length > 0) throw invalidInput('request for a hold', issues);
  return request;
}
