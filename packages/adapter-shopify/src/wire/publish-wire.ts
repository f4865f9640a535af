import { z } from 'zod';
import { userErrorSchema, type UserErrorWire } from './graphql-wire.ts';

/** The answer to `inventorySetQuantities`. No group and no error is a write that changed nothing. */
export interface SetQuantitiesWire {
  readonly inventorySetQuantities: {
    readonly inventoryAdjustmentGroup?: { readonly id: string } | null | undefined;
    readonly userErrors: readonly UserErrorWire[];
  };
}

export const setQuantitiesSchema: z.ZodType<SetQuantitiesWire> = z.object({
  inventorySetQuantities: z.object({
    inventoryAdjustmentGroup: z.object({ id: z.string() }).nullish(),
    userErrors: z.array(userErrorSchema),
  }),
});
