import { parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, type Catalog, type CatalogItemInput, type LocationId, type LocationStock, type Policy, type Position } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { createModelSource } from '@stockwright/testkit';
import type pg from 'pg';
import { ERP } from '../ingest/events.ts';

export const CHANNELS = 5;
const LOCATIONS = 20;

/** Asks Medusa's database. */
export type Query = (statement: string) => Promise<readonly Record<string, unknown>[]>;

const LEVELS = `select l.inventory_item_id as item, l.location_id as location, l.stocked_quantity::int as stocked, l.reserved_quantity::int as reserved, v.variant_id as variant
  from inventory_level as l join product_variant_inventory_item as v on v.inventory_item_id = l.inventory_item_id and v.variant_id = replace(v.inventory_item_id, 'iitem', 'variant') order by 1, 2`;

/** Medusa's catalogue in our words: a variant of one item is that item, one of several is a kit. */
export async function skusIn(query: Query): Promise<readonly CatalogItemInput[]> {
  const rows = await query(`select variant_id, inventory_item_id, required_quantity::int as per from product_variant_inventory_item order by 1, 2`);
  const parts = new Map<string, { sku: string; quantityPer: number }[]>();
  for (const row of rows) {
    const variant = String(row['variant_id']);
    const known = parts.get(variant) ?? [];
    known.push({ sku: String(row['inventory_item_id']).replace('iitem', 'variant'), quantityPer: Number(row['per']) });
    parts.set(variant, known);
  }
  return [...parts].map(([sku, components]) => (components[0]?.sku === sku ? { sku } : { sku, components }));
}

/** Medusa's stock as positions. */
export async function positionsIn(query: Query): Promise<readonly Position[]> {
  const places = new Map<string, Map<LocationId, LocationStock>>();
  for (const { variant, location, stocked, reserved } of await query(LEVELS)) {
    const known = places.get(String(variant)) ?? new Map<LocationId, LocationStock>();
    known.set(parseLocationId(String(location)), { onHand: Number(stocked), unavailable: 0, committed: Number(reserved), incoming: 0, inTransit: 0 });
    places.set(String(variant), known);
  }
  return [...places].map(([sku, locations]) => ({ sku: parseSku(sku), scale: 0, locations, unrouted: new Map(), holds: [] }));
}

/** Medusa's stock as rows of our tables. */
export async function copyStock(query: Query, pool: pg.Pool): Promise<void> {
  const rows = await query(LEVELS);
  const column = (name: string): string[] => rows.map((row) => String(row[name]));
  const values = [column('variant'), column('location'), column('stocked'), column('reserved')];
  await pool.query(`insert into stockwright.item ("namespace","sku","version","counted","changedAtMs") select distinct 'main', sku, 1, 1, 0 from unnest($1::text[]) as r(sku)`, [values[0]]);
  for (const [account, at] of [['onHand', 3], ['committed', 4]] as const) {
    await pool.query(`insert into stockwright.position ("namespace","sku","account","location","channel","quantity","isZero") select 'main', sku, '${account}', location, '', ${at === 3 ? 'stocked' : 'reserved'}, (${at === 3 ? 'stocked' : 'reserved'} = '0')::int
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as r(sku, location, stocked, reserved)`, values);
  }
  await pool.query('vacuum analyze stockwright.item, stockwright.position');
}

/** An engine over that stock, which nobody starts: it answers questions. */
export function engineOfWorld(store: Store, items: readonly CatalogItemInput[]): { readonly engine: Engine; readonly catalog: Catalog; readonly policy: Policy; readonly variants: number } {
  const catalog = parseCatalog(items);
  const policy = parsePolicy({
    version: '1', clamp: 'perLocation', kits: 'pooled',
    channels: Array.from({ length: CHANNELS }, (_, channel) => ({
      id: parseChannelId(`sc_${String(channel)}`),
      locations: Array.from({ length: LOCATIONS }, (_place, place) => place).filter((place) => (place + channel * 3) % LOCATIONS < 12).map((place) => parseLocationId(`sloc_${String(place)}`)),
    })),
  });
  const engine = createEngine({
    store, catalog, policy, clock: { now: Date.now, sleep: () => new Promise(() => undefined) }, random: { next: Math.random, uuid: () => crypto.randomUUID() },
    sources: [{ adapter: createModelSource({ id: ERP }) }], channels: [], owners: [{ source: ERP, measures: ['onHand', 'committed'] }],
  });
  return { engine, catalog, policy, variants: items.length };
}
