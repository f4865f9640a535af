import { getDirectiveValues, GraphQLError } from 'graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { activateLevel, deactivateLevel, findItem, toggleLevels } from './activation-mutations.ts';
import type { ActivateInput } from './activation-mutations.ts';
import { parseGid, toGid } from './gid.ts';
import type { IdempotencyTable, MutationOutcome, UserError } from './idempotency.ts';
import { groupView, itemView, levelView } from './inventory-views.ts';
import type { ShopifyApiVersion } from './options.ts';
import { adjustQuantities, setQuantities } from './quantity-mutations.ts';
import type { AdjustInput, SetInput } from './quantity-mutations.ts';
import type { RootSurroundings } from './query-root.ts';
import { fingerprintOf } from './request-reading.ts';
import { startDeed } from './shop.ts';
import type { AdjustmentGroup } from './shop.ts';
import { subscriptionView } from './webhook-subscriptions.ts';
import type { SubscriptionInput } from './webhook-subscriptions.ts';

/** What one request brings along to its resolvers. */
export interface RequestContext {
  readonly apiVersion: ShopifyApiVersion;
  readonly rawVariables: Readonly<Record<string, unknown>>;
  /** Whether this is the late half of a request whose caller has long gone. */
  readonly isResumed: boolean;
}

/** What the mutations need besides the shop. */
export interface MutationSurroundings extends RootSurroundings {
  readonly idempotency: IdempotencyTable;
}

/** The fields of `Mutation`. */
export function createMutationRoot(around: MutationSurroundings): Readonly<Record<string, unknown>> {
  const { shop, idempotency } = around;
  const keyed = <Result>(context: RequestContext, info: GraphQLResolveInfo, work: () => MutationOutcome<Result>): MutationOutcome<Result> => {
    const request = { key: requireKey(info), fingerprint: fingerprintOf(info.fieldNodes[0], context.rawVariables), isResumed: context.isResumed };
    return idempotency.run(request, work);
  };
  const groupPayload = (outcome: MutationOutcome<AdjustmentGroup | null>): unknown => {
    const group = outcome.errors === undefined ? outcome.rebuild() : null;
    return { inventoryAdjustmentGroup: group === null ? null : groupView(shop, group), userErrors: outcome.errors ?? [] };
  };
  return {
    inventorySetQuantities: ({ input }: { readonly input: SetInput }, context: RequestContext, info: GraphQLResolveInfo) => {
      requireChangeFrom(input.quantities, 'InventoryQuantityInput');
      return groupPayload(keyed(context, info, () => setQuantities(shop, input, context.apiVersion)));
    },
    inventoryAdjustQuantities: ({ input }: { readonly input: AdjustInput }, context: RequestContext, info: GraphQLResolveInfo) => {
      requireChangeFrom(input.changes, 'InventoryChangeInput');
      return groupPayload(keyed(context, info, () => adjustQuantities(shop, input, context.apiVersion)));
    },
    inventoryActivate: (input: ActivateInput, context: RequestContext, info: GraphQLResolveInfo) => {
      const outcome = keyed(context, info, () => activateLevel(shop, input));
      return { inventoryLevel: outcome.errors === undefined ? levelView(shop, outcome.rebuild()) : null, userErrors: outcome.errors ?? [] };
    },
    ...unkeyedMutations(around),
  };
}

function unkeyedMutations({ shop, subscriptions }: MutationSurroundings): Readonly<Record<string, unknown>> {
  const apiVersion = shop.options.apiVersion ?? '2026-10';
  return {
    inventoryDeactivate: ({ inventoryLevelId }: { readonly inventoryLevelId: string }) => ({ userErrors: deactivateLevel(shop, inventoryLevelId) }),
    inventoryBulkToggleActivation: (input: ToggleInput) => toggle({ shop, subscriptions }, input),
    inventoryItemUpdate: ({ id, input }: { readonly id: string; readonly input: { readonly tracked?: boolean | null } }) => {
      const item = findItem(shop, id);
      if (item === undefined) return { inventoryItem: null, userErrors: [{ field: ['id'], message: "The product couldn't be updated because it does not exist." }] };
      if (typeof input.tracked === 'boolean' && input.tracked !== item.tracked) {
        item.tracked = input.tracked;
        item.updatedAtMs = shop.now();
        startDeed(shop, 'write').notify('INVENTORY_ITEMS_UPDATE', { kind: 'item', item });
      }
      return { inventoryItem: itemView(shop, item), userErrors: [] };
    },
    webhookSubscriptionCreate: ({ topic, webhookSubscription }: { readonly topic: string; readonly webhookSubscription: SubscriptionInput }) => {
      const { subscription, errors } = subscriptions.create(topic, webhookSubscription);
      return { webhookSubscription: subscription === undefined ? null : subscriptionView(subscription, apiVersion), userErrors: errors };
    },
    webhookSubscriptionDelete: ({ id }: { readonly id: string }) => {
      const number = parseGid('WebhookSubscription', id);
      const isRemoved = number !== undefined && subscriptions.remove(number);
      return isRemoved
        ? { deletedWebhookSubscriptionId: toGid('WebhookSubscription', number), userErrors: [] }
        : { deletedWebhookSubscriptionId: null, userErrors: [{ field: ['id'], message: 'Webhook subscription does not exist' }] };
    },
  };
}

interface ToggleInput {
  readonly inventoryItemId: string;
  readonly inventoryItemUpdates: readonly { readonly locationId: string; readonly activate: boolean }[];
}

function toggle({ shop }: RootSurroundings, { inventoryItemId, inventoryItemUpdates }: ToggleInput): unknown {
  const item = findItem(shop, inventoryItemId);
  const refuse = (userErrors: readonly UserError[]): unknown => ({ inventoryItem: null, inventoryLevels: null, userErrors });
  if (item === undefined) {
    return refuse([{ code: 'INVENTORY_ITEM_NOT_FOUND', field: ['inventoryItemId'], message: "The quantity couldn't be updated because the inventory item was not found." }]);
  }
  const { levels, errors } = toggleLevels(shop, item, inventoryItemUpdates);
  if (errors.length > 0) return refuse(errors);
  return { inventoryItem: itemView(shop, item), inventoryLevels: levels.map((level) => levelView(shop, level)), userErrors: [] };
}

/** An explicit null opts out of the comparison; leaving the field out does not. Reported before a missing directive. */
function requireChangeFrom(rows: readonly object[], inputType: string): void {
  if (rows.every((row) => 'changeFromQuantity' in row)) return;
  throw new GraphQLError(`${inputType} must include the following argument: changeFromQuantity.`, { extensions: { code: 'INVALID_FIELD_ARGUMENTS' } });
}

function requireKey(info: GraphQLResolveInfo): string {
  const directive = info.schema.getDirective('idempotent');
  const node = info.fieldNodes[0];
  const values = directive === undefined || directive === null || node === undefined ? undefined : getDirectiveValues(directive, node, info.variableValues);
  const key = values?.['key'];
  if (typeof key === 'string' && key.trim() !== '') return key;
  throw new GraphQLError('The @idempotent directive is required for this mutation but was not provided.', { extensions: { code: 'BAD_REQUEST' } });
}
