import fc from 'fast-check';
import { addMs, orderFromSale, type BookObservation, type ChannelId, type Instant, type LocationId, type QuantityText, type Sku, type SourceId } from '../../src/index.ts';
import { NOON } from './arbitraries.ts';

const SKU = 'A' as Sku;
const OWNER = 'wms' as SourceId;
const [SHOP, TILL] = ['shop', 'till'] as string[] as [ChannelId, ChannelId];
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
  /** What a read of everything but demand says at the end. */
  readonly read: readonly BookObservation[];
}

type Happening =
  | { readonly what: 'receipt' | 'mixedReceipt' | 'damage' | 'repair' | 'writeOff' | 'scrap' | 'found' | 'snapshot' | 'count' | 'fullCount'; readonly place: number; readonly by: number }
  | { readonly what: 'dispatch' | 'arrive' | 'lose' | 'order' | 'ship' | 'cancel' | 'return' | 'sale' | 'refund' | 'schedule' | 'change' | 'deliver' | 'overdeliver' | 'divert' | 'callOff'; readonly place: number; readonly by: number };

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom<Happening['what']>(
    'receipt', 'mixedReceipt', 'damage', 'repair', 'writeOff', 'scrap', 'found', 'snapshot', 'snapshot', 'count', 'fullCount', 'dispatch', 'arrive', 'lose', 'order', 'ship', 'cancel', 'return', 'sale', 'refund',
    'schedule', 'change', 'deliver', 'overdeliver', 'divert', 'callOff',
  ),
  place: fc.nat(2),
  by: fc.integer({ min: 1, max: 6 }),
});

/** What a system tells of a place; demand is told by orders. */
const MEASURES = ['onHand', 'unavailable', 'inTransit', 'incoming'] as const;

const at = (minute: number): Instant => addMs(NOON, minute * 60_000);
const text = (value: number): QuantityText => String(value) as QuantityText;
const get = (map: Map<string, number>, key: string): number => map.get(key) ?? 0;
const add = (map: Map<string, number>, key: string, by: number): void => { map.set(key, get(map, key) + by); };

interface Order { readonly id: string; readonly placed: number; readonly place: LocationId; ordered: number; fulfilled: number; cancelled: number; returned: number }
interface Transfer { readonly id: string; readonly from: LocationId; readonly to: LocationId; dispatched: number; received: number; lost: number }
interface Sale { readonly id: string; readonly at: number; readonly place: LocationId; readonly sold: number; returned: number }
interface Line { readonly reference: string; place: LocationId; expected: number; received: number; cancelled: number }

class World {
  readonly truth: Truth = { onHand: new Map(), unavailable: new Map(), inTransit: new Map(), incoming: new Map(), committed: new Map() };
  readonly told: BookObservation[] = [];
  readonly #orders: Order[] = [];
  readonly #transfers: Transfer[] = [];
  readonly #sales: Sale[] = [];
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
      case 'mixedReceipt':
        add(onHand, place, by);
        add(unavailable, place, by - 1);
        this.told.push({ kind: 'receipt', ...event, quantity: text(by), unavailable: text(by - 1) });
        break;
      case 'scrap':
        add(onHand, place, -by);
        this.told.push({ kind: 'condition', ...event, quantity: text(by), from: 'sellable', to: 'writtenOff' });
        break;
      case 'found':
        add(onHand, place, by - 3);
        this.told.push({ kind: 'delta', ...event, measure: 'onHand', delta: text(by - 3) });
        break;
      case 'snapshot':
        // A system may tell some of its figures alone.
        this.told.push(this.snapshot(place, minute, MEASURES.filter((_, number) => by > 3 || (by + minute) % (number + 2) === 0)));
        break;
      case 'fullCount':
        if (get(unavailable, place) < 0) break;
        this.told.push({ kind: 'count', source: OWNER, sku: SKU, location: place, at: at(minute), onHand: text(get(onHand, place)), unavailable: text(get(unavailable, place)) });
        break;
      case 'sale': case 'refund':
        this.#sellsOver(what, { minute, place, by });
        break;
      case 'count':
        this.told.push({ kind: 'count', source: OWNER, sku: SKU, location: place, at: at(minute), onHand: text(get(onHand, place)) });
        break;
      case 'dispatch': case 'arrive': case 'lose':
        this.#moves(what, { minute, place, to: PLACES[(index + by) % 3] ?? place, by });
        break;
      case 'schedule': case 'change': case 'deliver': case 'overdeliver': case 'divert': case 'callOff':
        this.#expects(what, { minute, place, by });
        break;
      default:
        this.#sells(what, { minute, place, by });
    }
  }

  snapshot(place: LocationId, minute: number, measures: readonly (typeof MEASURES)[number][] = MEASURES): BookObservation {
    return { kind: 'stock', source: OWNER, sku: SKU, location: place, asOf: at(minute), measures: Object.fromEntries(measures.map((measure) => [measure, text(get(this.truth[measure], place))])) };
  }

  #sellsOver(what: 'sale' | 'refund', { minute, place, by }: { minute: number; place: LocationId; by: number }): void {
    if (what === 'sale') this.#sales.push({ id: `T-${String(minute)}`, at: minute, place, sold: by, returned: 0 });
    const sale = what === 'sale' ? this.#sales.at(-1) : this.#sales[by % Math.max(1, this.#sales.length)];
    if (sale === undefined) return;
    const back = what === 'sale' ? 0 : Math.min(by, sale.sold - sale.returned);
    sale.returned += back;
    add(this.truth.onHand, sale.place, what === 'sale' ? -by : back);
    const lines = [{ id: '1', sku: SKU, sold: text(sale.sold), returned: text(sale.returned) }];
    this.told.push(orderFromSale({ kind: 'sale', channel: TILL, saleId: sale.id, location: sale.place, soldAt: at(sale.at), revision: at(minute), lines }));
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

  #expects(what: 'schedule' | 'change' | 'deliver' | 'overdeliver' | 'divert' | 'callOff', { minute, place, by }: { minute: number; place: LocationId; by: number }): void {
    if (what === 'schedule') this.#lines.push({ reference: `PO-${String(minute)}`, place, expected: 0, received: 0, cancelled: 0 });
    const line = what === 'schedule' ? this.#lines.at(-1) : this.#lines[by % Math.max(1, this.#lines.length)];
    if (line === undefined) return;
    const open = (): number => Math.max(0, line.expected - line.received - line.cancelled);
    const some = what === 'deliver' || what === 'callOff' ? Math.min(by, open()) : by;
    if (some === 0) return;
    add(this.truth.incoming, line.place, -open());
    if (what === 'deliver' || what === 'overdeliver') {
      line.received += some;
      add(this.truth.onHand, line.place, some);
      this.told.push({ kind: 'receipt', source: OWNER, id: `${line.reference} ${String(minute)}`, sku: SKU, location: line.place, at: at(minute), quantity: text(some), incoming: line.reference });
    } else if (what === 'callOff') {
      line.cancelled += some;
    } else if (what === 'divert') {
      line.place = place;
    } else {
      line.expected += some;
    }
    add(this.truth.incoming, line.place, open());
    this.told.push({
      kind: 'incoming', source: OWNER, reference: line.reference, sku: SKU, location: line.place, revision: at(minute), expectedAt: at(minute + 1000),
      expected: text(line.expected), received: text(line.received), cancelled: text(line.cancelled),
    });
  }
}

/** Worlds in which nobody errs and everything is told: what the books make of it must be the truth. */
export function timelines(): fc.Arbitrary<Timeline> {
  return fc.array(happening, { minLength: 1, maxLength: 30 }).map((happenings) => {
    const world = new World();
    happenings.forEach((one, index) => { world.happens(one, index + 1); });
    return { told: world.told, truth: world.truth, read: PLACES.map((place) => world.snapshot(place, happenings.length + 1)) };
  });
}
