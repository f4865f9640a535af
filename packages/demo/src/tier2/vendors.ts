import { generateKeyPairSync } from 'node:crypto';
import { createAmazonSimulator, type AmazonRequestFault, type AmazonSimulator } from '@stockwright/simulators/amazon';
import { createNetSuiteSimulator, type NetSuiteFault, type NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import { createShopifySimulator, type ShopifyRequestFault, type ShopifySimulator } from '@stockwright/simulators/shopify';
import { Prng, type FaultStream } from '@stockwright/testkit/harness';
import { AMAZON_LOGIN, NETSUITE_LOGIN, SHOPIFY_LOGIN } from '../world/vendors.ts';
import { SHAPE } from './shape.ts';
import type { Stage, VendorName } from './stage.ts';

/** What a vendor itself does wrong with one request; the network has faults of its own. */
export type VendorFault = 'throttle' | 'refuse';

/** How long Amazon may take until an accepted quantity is on offer, as the adapter is told. */
export const AMAZON_EFFECTIVE_MS = 30_000;
const AMAZON_APPLY_MS_MAX = 25_000;

// One key for all worlds: making one takes longer than a world may, and no trace depends on it.
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const PRIVATE_KEY_PEM: string = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A stage with its vendors. */
export interface Played extends Stage {
  readonly vendors: Vendors;
}

/** The three simulated vendors of a world. What they do by themselves they do at its virtual moments. */
export class Vendors {
  readonly netsuite: NetSuiteSimulator;
  readonly shopify: ShopifySimulator;
  readonly amazon: AmazonSimulator;
  /** What becomes of the next request that a vendor looks at. */
  private next: VendorFault | undefined;
  private readonly world: Stage;
  private readonly armedFor = new Map<VendorName, number>();

  constructor(world: Stage, deliver: (webhook: Request) => Promise<Response>) {
    this.world = world;
    const { time: clock, seed, weather } = world;
    const random = (name: string): Prng => new Prng(seed, name);
    const places = [{ id: SHAPE.locationNumber, name: SHAPE.location }];
    const messages = world.plan.stream('messages');
    this.netsuite = createNetSuiteSimulator({
      clock, random: random('netsuite'), ...NETSUITE_LOGIN, publicKey: keys.publicKey, locations: places,
      items: SHAPE.stocked.map((itemid) => ({ itemid })),
      stock: SHAPE.stocked.map((itemid) => ({ itemid, locationId: SHAPE.locationNumber, onHand: weather.stock })),
      requestFaults: () => this.taken<NetSuiteFault>({ throttle: { kind: 'status', status: 429 }, refuse: { kind: 'status', status: 503 } }),
    });
    this.shopify = createShopifySimulator({
      clock, random: random('shopify'), ...SHOPIFY_LOGIN, locations: places,
      products: SHAPE.listings.map(({ sku, itemNumber }) => ({ sku, inventoryItemId: itemNumber })),
      deliver,
      webhookDelayMs: () => messages.between(50, 900),
      webhookFaults: () => messageFault(messages, 'webhook', weather.webhook),
      requestFaults: () => this.taken<ShopifyRequestFault>({ throttle: { kind: 'throttle' }, refuse: { kind: 'status', status: 503 } }),
      onLevelChange: ({ sku, available, cause }) => { world.shown(SHAPE.shopify, sku, { shown: available, why: cause }); },
    });
    const lags = random('amazon lags');
    this.amazon = createAmazonSimulator({
      clock, random: random('amazon'), ...AMAZON_LOGIN, listings: SHAPE.listings.map(({ sku }) => ({ sku })),
      applyDelayMs: () => lags.between(0, weather.effectMs === 0 ? 1_000 : AMAZON_APPLY_MS_MAX),
      notificationDelayMs: () => messages.between(50, 3_000),
      notificationFaults: () => messageFault(messages, 'notification', weather.webhook),
      usagePlans: world.hasUsagePlans ? {} : 'unlimited',
      requestFaults: () => this.taken<AmazonRequestFault>({ throttle: { kind: 'throttle' }, refuse: { kind: 'status', status: 503 } }),
      onShown: ({ sku, quantity, cause }) => { world.shown(SHAPE.amazon, sku, { shown: quantity ?? 0, why: cause }); },
    });
  }

  /** A request arrives and is answered at once. */
  async serve(vendor: VendorName, request: Request, fault: VendorFault | undefined): Promise<Response> {
    this.next = fault;
    try {
      return await this[vendor].fetch(request);
    } finally {
      this.next = undefined;
      this.arm();
    }
  }

  /** What the vendors have to do later is done when it is due. Called after whatever may have made something due. */
  arm(): void {
    const { time } = this.world;
    for (const vendor of ['shopify', 'amazon'] as const) {
      const dueMs = this[vendor].nextDueAtMs();
      if (dueMs === undefined || dueMs >= (this.armedFor.get(vendor) ?? Number.POSITIVE_INFINITY)) continue;
      this.armedFor.set(vendor, dueMs);
      time.at(dueMs, () => {
        if (this.armedFor.get(vendor) !== dueMs) return;
        this.armedFor.delete(vendor);
        this[vendor].deliverDue().then(() => { this.arm(); }, (error: unknown) => { this.world.broke(error); });
      });
    }
  }

  close(): void {
    this.netsuite.close();
  }

  private taken<Fault>(faults: Readonly<Record<VendorFault, Fault>>): Fault | undefined {
    const fault = this.next;
    this.next = undefined;
    return fault === undefined ? undefined : faults[fault];
  }
}

interface MessageOdds {
  readonly lost: number;
  readonly doubled: number;
  readonly late: number;
}

function messageFault(faults: FaultStream, what: string, { lost, doubled, late }: MessageOdds): 'deliver' | 'lose' | 'duplicate' | { delayMs: number } {
  const delayMs = faults.between(1_000, 90_000);
  if (faults.strikes(`${what} lost`, lost)) return 'lose';
  if (faults.strikes(`${what} doubled`, doubled)) return 'duplicate';
  return faults.strikes(`${what} late`, late) ? { delayMs } : 'deliver';
}
