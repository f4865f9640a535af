import fc from 'fast-check';
import { addMs, type BookObservation, type ChannelId, type Instant, type LocationId, type QuantityText, type Sku, type SourceId } from '../../src/index.ts';
import { NOON } from './arbitraries.ts';

const SKU = 'A' as Sku;
const OWNER = 'wms' as SourceId;
const SHOP = 'shop' as ChannelId;
const PLACES = ['T1', 'T2', 'T3'] as string[] as LocationId[];

/** What lies where, in truth. */
export interface Truth {
  readonly onHand: Map<string, number>;
  readonly unavailable: Map<string, number>;
  readonly inTransit: Map<string, number>;
  readonly incoming: Map<string, number>;
  readonly committed: Map<string, number>;
}

/** A world in which one thing happens each minute, what everybody said about it, and how it ended. */
export interface Timeline {
  readonly told: readonly BookObservation[];
  readonly truth: Truth;
}

type Happening =
  | { readonly what: 'receipt' | 'damage' | 'repair' | 'writeOff' | 'snapshot' | 'count'; readonly place: number; readonly by: number }
  | { readonly what: 'dispatch' | 'arrive' | 'lose' | 'order' | 'ship' | 'cancel' | 'return' | 'schedule' | 'change' | 'deliver' | 'callOff'; readonly place: number; readonly by: number };

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom<Happening['what']>('receipt', 'damage', 'repair', 'writeOff', 'snapshot', 'count', 'dispatch', 'arrive', 'lose', 'order', 'ship', 'cancel', 'return', 'schedule', 'change', 'deliver', 'callOff'),
  place: fc.nat(2),
  by: fc.integer({ min: 1, max: 6 }),
});

const at = (minute: number): Instant => addMs(NOON, minute * 60_000);
const text = (value: number): QuantityText => String(value) as QuantityText;
const get = (map: Map<string, number>, key: string): number => map.get(key) ?? 0;
const add = (map: Map<string, number>, key: string, by: number): void => { map.set(key, get(map, key) + by); };

interface Order { readonly id: string; readonly placed: number; readonly place: LocationId; ordered: number; fulfilled: number; cancelled: number; returned: number }
interface Transfer { readonly id: string; readonly from: LocationId; readonly to: LocationId; dispatched: number; received: number; lost: number }
interface Line { readonly reference: string; readonly place: LocationId; expected: number; received: number; cancelled: number }

class World {
  readonly truth: Truth = { onHand: new Map(), unavailable: new Map(), inTransit: new Map(), incoming: new Map(), committed: new Map() };
  readonly told: BookObservation[] = [];
  readonly #orders: Order[] = [];
  readonly #transfers: Transfer[] = [];
  readonly #lines: Line[] = [];

  happens({ what, place: index, by }: Happening, minute: number): void {
    const place = PLACES[index] ?? ('T1' as LocationId);
    const event = { source: OWNER, id: String(minute), sku: SKU, location: place, at: at(minute) };
    const { onHand, unavailable } = this.truth;
    switch (what) {
      case 'receipt':
        add(onHand, place, by);
        this.told.push({ kind: 'receipt', ...event, quantity: text(by) });
        break;
      case 'damage':
        add(unavailable, place, by);
        this.told.push({ kind: 'condition', ...event, quantity: text(by), from: 'sellable', to: 'unavailable' });
        break;
      case 'repair':
        add(unavailable, place, -by);
        this.told.push({ kind: 'condition', ...event, quantity: text(by), from: 'unavailable', to: 'sellable' });
        break;
      case 'writeOff':
        add(onHand, place, -by);
        add(unavailable, place, -by);
        this.told.push({ kind: 'condition', ...event, quantity: text(by), from: 'unavailable', to: 'writtenOff' });
        break;
      case 'snapshot':
        this.told.push({
          kind: 'stock', source: OWNER, sku: SKU, location: place, asOf: at(minute),
          measures: { onHand: text(get(onHand, place)), unavailable: text(get(unavailable, place)), inTransit: text(get(this.truth.inTransit, place)), incoming: text(get(this.truth.incoming, place)) },
        });
        break;
      case 'count':
        this.told.push({ kind: 'count', source: OWNER, sku: SKU, location: place, at: at(minute), onHand: text(get(onHand, place)) });
        break;
      case 'dispatch': case 'arrive': case 'lose':
        this.#moves(what, { minute, place, to: PLACES[(index + by) % 3] ?? place, by });
        break;
      case 'schedule': case 'change': case 'deliver': case 'callOff':
        this.#expects(what, { minute, place, by });
        break;
      default:
        this.#sells(what, { minute, place, by });
    }
  }

  #sells(what: 'order' | 'ship' | 'cancel' | 'return', { minute, place, by }: { minute: number; place: LocationId; by: number }): void {
    if (what === 'order') this.#orders.push({ id: String(minute), placed: minute, place, ordered: by, fulfilled: 0, cancelled: 0, returned: 0 });
    const order = what === 'order' ? this.#orders.at(-1) : this.#orders[by % Math.max(1, this.#orders.length)];
    if (order === undefined) return;
    const open = order.ordered - order.fulfilled - order.cancelled;
    if (what === 'order') add(this.truth.committed, order.place, by);
    const some = Math.min(by, what === 'return' ? order.fulfilled - order.returned : open);
    if (what === 'ship') {
      order.fulfilled += some;
      add(this.truth.committed, order.place, -some);
      add(this.truth.onHand, order.place, -some);
    } else if (what === 'cancel') {
      order.cancelled += some;
      add(this.truth.committed, order.place, -some);
    } else if (what === 'return') {
      order.returned += some;
      add(this.truth.onHand, order.place, some);
    }
    const line = { id: '1', sku: SKU, location: order.place, ordered: text(order.ordered), fulfilled: text(order.fulfilled), cancelled: text(order.cancelled), returned: text(order.returned) };
    this.told.push({ kind: 'order', channel: SHOP, orderId: order.id, revision: at(minute), placedAt: at(order.placed), lines: [line] });
  }

  #moves(what: 'dispatch' | 'arrive' | 'lose', { minute, place, to, by }: { minute: number; place: LocationId; to: LocationId; by: number }): void {
    if (what === 'dispatch' && to !== place) this.#transfers.push({ id: String(minute), from: place, to, dispatched: 0, received: 0, lost: 0 });
    const transfer = what === 'dispatch' && to !== place ? this.#transfers.at(-1) : this.#transfers[by % Math.max(1, this.#transfers.length)];
    if (transfer === undefined) return;
    const some = what === 'dispatch' ? by : Math.min(by, transfer.dispatched - transfer.received - transfer.lost);
    if (what === 'dispatch') {
      transfer.dispatched += some;
      add(this.truth.onHand, transfer.from, -some);
    } else if (what === 'arrive') {
      transfer.received += some;
      add(this.truth.onHand, transfer.to, some);
    } else {
      transfer.lost += some;
    }
    add(this.truth.inTransit, transfer.to, what === 'dispatch' ? some : -some);
    const { id, from, to: target, dispatched, received, lost } = transfer;
    this.told.push({ kind: 'transfer', source: OWNER, id, sku: SKU, from, to: target, at: at(minute), dispatched: text(dispatched), received: text(received), lost: text(lost) });
  }

  #expects(what: 'schedule' | 'change' | 'deliver' | 'callOff', { minute, place, by }: { minute: number; place: LocationId; by: number }): void {
    if (what === 'schedule') this.#lines.push({ reference: `PO-${String(minute)}`, place, expected: 0, received: 0, cancelled: 0 });
    const line = what === 'schedule' ? this.#lines.at(-1) : this.#lines[by % Math.max(1, this.#lines.length)];
    if (line === undefined) return;
    const open = line.expected - line.received - line.cancelled;
    const some = what === 'deliver' || what === 'callOff' ? Math.min(by, open) : by;
    if (some === 0) return;
    add(this.truth.incoming, line.place, what === 'schedule' || what === 'change' ? some : -some);
    if (what === 'deliver') {
      line.received += some;
      add(this.truth.onHand, line.place, some);
      this.told.push({ kind: 'receipt', source: OWNER, id: `${line.reference} ${String(minute)}`, sku: SKU, location: line.place, at: at(minute), quantity: text(some), incoming: line.reference });
    } else if (what === 'callOff') {
      line.cancelled += some;
    } else {
      line.expected += some;
    }
    this.told.push({
      kind: 'incoming', source: OWNER, reference: line.reference, sku: SKU, location: line.place, revision: at(minute), expectedAt: at(minute + 1000),
      expected: text(line.expected), received: text(line.received), cancelled: text(line.cancelled),
    });
  }
}

/** Worlds in which nobody errs and everything is told: what the books make of it must be the truth. */
export function timelines(): fc.Arbitrary<Timeline> {
  return fc.array(happening, { minLength: 1, maxLength: 25 }).map((happenings) => {
    const world = new World();
    happenings.forEach((one, index) => { world.happens(one, index + 1); });
    return { told: world.told, truth: world.truth };
  });
}
