import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountKey, parseQuantity, verifyLedger, type Account, type AccountRef, type ChannelId, type LocationId, type Movement, type Quantity } from '@stockwright/core';
import type { Row } from '@stockwright/engine/ports';
import type { VirtualClock } from '@stockwright/testkit';
import { afterAll, afterEach } from 'vitest';
import { childHost, type ChildHost } from '../src/host/child.ts';
import type { HostFactory } from '../src/host/engine-host.ts';
import type { World } from '../src/world/world.ts';
import { beginWorld, driven, SKUS } from './begin-world.ts';

const MINUTE_MS = 60_000;

/** An hour in a small shop, the same each time. */
export interface Story {
  readonly clock: VirtualClock;
  readonly world: World;
  /** The writes that the shop has taken so far. */
  writes(): number;
}

/** What is left when it is over. */
export interface Outcome {
  readonly shown: readonly string[];
  readonly positions: readonly string[];
  readonly orders: number;
  /** What is not as it should be. */
  readonly problems: readonly string[];
  readonly steps: number;
}

// Processes of one test file read each other's compiled modules, which makes each begin twice as fast.
const compiled = mkdtempSync(join(tmpdir(), 'stockwright-compiled-'));
process.env['NODE_COMPILE_CACHE'] = compiled;
afterAll(() => { rmSync(compiled, { recursive: true }); });

const folders: string[] = [];
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true }); });

/** A file that is gone after the test. */
export function freshStore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-host-'));
  folders.push(folder);
  return `sqlite:${join(folder, 'stock.db')}`;
}

/** Tells the story with a host of this kind, and lets somebody disturb it. */
export async function tell(host: HostFactory, disturb: (story: Story) => Promise<void> = () => Promise.resolve()): Promise<Outcome> {
  const { clock, world, close } = await beginWorld(host);
  const { market, shopify, netsuite, engine } = world;
  const buy = (...lines: readonly (readonly [sku: string, quantity: number])[]): void => {
    market.place('shopify', lines.map(([sku, quantity]) => ({ sku, quantity })));
  };
  const plot = async (): Promise<void> => {
    await clock.sleep(5 * MINUTE_MS);
    buy(['10001', 3]);
    await clock.sleep(4 * MINUTE_MS);
    buy(['10001', 1], ['10002', 2]);
    await clock.sleep(4 * MINUTE_MS);
    netsuite.adjustInventory({ itemid: '10003', locationId: world.locationNumber('MAIN'), quantity: -4 });
    buy(['10002', 1]);
    await clock.sleep(47 * MINUTE_MS);
  };
  const story = { clock, world, writes: () => shopify.calls()['inventorySetQuantities'] ?? 0 };
  try {
    await driven(clock, engine.start());
    await driven(clock, Promise.all([plot(), disturb(story)]));
    return { ...await outcomeOf(world), steps: clock.stands.step };
  } finally {
    await close();
  }
}

async function outcomeOf({ engine, shops }: World): Promise<Omit<Outcome, 'steps'>> {
  const rows = async (table: 'target' | 'position' | 'ledger' | 'channelOrder'): Promise<Row[]> => {
    const found: Row[] = [];
    for await (const row of engine.tables.scan({ table, where: {} })) found.push(row);
    return found;
  };
  const { channels, quarantined, refused } = await engine.status();
  const problems = [...channels.flatMap(({ outOfSync }) => outOfSync), ...quarantined, ...refused].map((problem) => JSON.stringify(problem));
  const shown: string[] = [];
  for (const row of await rows('target')) {
    const [channel, sku, location] = [String(row['channel']), String(row['sku']), String(row['location'])];
    const level = shops.get(channel)?.shows(sku, location) ?? 'absent';
    if (level !== row['want']) problems.push(`${sku} at ${channel} ${location} should show ${String(row['want'])} and shows ${level}`);
    shown.push(`${sku} ${channel} ${location} ${level}`);
  }
  const [positions, ledger] = [await rows('position'), await rows('ledger')];
  for (const sku of SKUS) {
    const kept = new Map(positions.filter((row) => row['sku'] === sku).map((row) => [accountKey(accountOf(row, '')), quantityOf(row)]));
    const verified = verifyLedger(ledger.filter((row) => row['sku'] === sku).map(movementOf), kept);
    if (verified.status !== 'agrees') problems.push(`${sku}: ${JSON.stringify(verified)}`);
  }
  return {
    shown, problems, orders: (await rows('channelOrder')).length,
    positions: positions.filter((row) => quantityOf(row) !== 0).map((row) => ['sku', 'account', 'location', 'channel', 'quantity'].map((column) => String(row[column])).join(' ')),
  };
}

const quantityOf = (row: Row): Quantity => parseQuantity(String(row['quantity']), { path: ['quantity'] });

function accountOf(row: Row, side: '' | 'from' | 'to'): AccountRef {
  const column = (name: string): string => String(row[side === '' ? name : `${side}${name.charAt(0).toUpperCase()}${name.slice(1)}`]);
  return { account: column('account') as Account, location: column('location') as LocationId, channel: column('channel') as ChannelId };
}

function movementOf(row: Row): Movement {
  return { from: accountOf(row, 'from'), to: accountOf(row, 'to'), quantity: quantityOf(row) };
}

/** Hosts the engine in a process, and hands it to whoever wants to disturb it. */
export function killable(store: string): { readonly factory: HostFactory; readonly host: () => ChildHost } {
  let host: ChildHost | undefined;
  const begin = childHost({ store, durability: 'normal' });
  return {
    factory: async (parts) => {
      host = await begin(parts);
      return host;
    },
    host: () => {
      if (host === undefined) throw new Error('the world has not begun');
      return host;
    },
  };
}
