import { z } from 'zod';
import { connectionSchema, userErrorSchema, type ConnectionWire, type UserErrorWire } from './graphql-wire.ts';

/** What a shop keeps for one item at one location. */
export interface LevelWire {
  /** False: the item is not stocked there, and whatever number stands beside it sells nothing. */
  readonly isActive: boolean;
  readonly quantities: readonly { readonly name: string; readonly quantity: number }[];
}

const levelShape = {
  isActive: z.boolean(),
  quantities: z.array(z.object({ name: z.string(), quantity: z.number().int() })),
};

/** Items by id; null where there is no such item, `{}` where the id is of something else. */
export interface LevelsOfItemsWire {
  readonly nodes: readonly ({ readonly id?: string | undefined; readonly inventoryLevel?: LevelWire | null | undefined } | null)[];
}

export const levelsOfItemsSchema: z.ZodType<LevelsOfItemsWire> = z.object({
  nodes: z.array(z.object({ id: z.string().optional(), inventoryLevel: z.object(levelShape).nullish() }).nullable()),
});

/** An item and what the shop keeps for it at the location that was asked for; nothing where it was never stocked there. */
export interface ItemLevelWire {
  readonly id: string;
  readonly inventoryLevel?: LevelWire | null | undefined;
}

/** A page of the shop's items. */
export interface LevelsOfLocationWire {
  readonly inventoryItems: ConnectionWire<ItemLevelWire>;
}

export const levelsOfLocationSchema: z.ZodType<LevelsOfLocationWire> = z.object({
  inventoryItems: connectionSchema<ItemLevelWire>(z.object({ id: z.string(), inventoryLevel: z.object(levelShape).nullish() })),
});

/** A page of the shop's locations. */
export interface LocationsWire {
  readonly locations: ConnectionWire<{ readonly id: string }>;
}

export const locationsSchema: z.ZodType<LocationsWire> = z.object({
  locations: connectionSchema(z.object({ id: z.string() })),
});

/** The answer to `inventoryActivate`; its errors have no code. */
export interface ActivateWire {
  readonly inventoryActivate: {
    readonly inventoryLevel?: { readonly isActive: boolean } | null | undefined;
    readonly userErrors: readonly UserErrorWire[];
  };
}

export const activateSchema: z.ZodType<ActivateWire> = z.object({
  inventoryActivate: z.object({
    inventoryLevel: z.object({ isActive: z.boolean() }).nullish(),
    userErrors: z.array(userErrorSchema),
  }),
});
