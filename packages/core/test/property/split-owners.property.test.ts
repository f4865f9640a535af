import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptObservation, addMs, balancesOf, emptyBooks, measureBooks, parseObservation, parseSku, positionFromBalances, type BookingRules, type Books, type ContainmentWay, type Position } from '../../src/index.ts';
import { NOON } from './arbitraries.ts';

/*
 * A warehouse counts what lies at three places and another system what is committed there, each by its own clock and in its
 * own way. What takes goods away is told at once, everything else may come late and out of order. No place may ever give
 * more than lies there sellable and is not asked for there: somebody may be able to buy from that place alone.
 */
const SKU = parseSku('A');
const PLACES = ['W1', 'W2', 'W3'] as const;
const START = 10;
const MINUTE = 60_000;
const LAG = 5;

interface Line { place: number; ordered: number; fulfilled: number; cancelled: number; returned: number }
interface Order { readonly id: string; readonly lines: Line[]; failed: boolean; /** Whether its owner has heard of a shipment before the channel told it: what is called off then looks the same. */ isAhead?: true }
interface Step { readonly what: 'take' | 'takeShelf' | 'demand' | 'shelf' | 'order' | 'ship' | 'cancel' | 'return' | 'route' | 'more' | 'fail' | 'pay' | 'undo' | 'receive' | 'send' | 'damage' | 'repair' | 'wholesale' | 'ahead'; readonly place: number; readonly other: number; readonly by: number; readonly delay: number }
interface Setup { readonly shelf: ContainmentWay; readonly demand: ContainmentWay; readonly returns: BookingRules['returns']; readonly home: boolean; /** Whether the system of the demand also sells by itself, of which no channel tells. */ readonly wholesale: boolean }

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom<Step['what']>('take', 'take', 'takeShelf', 'demand', 'demand', 'shelf', 'shelf', 'order', 'order', 'ship', 'ship', 'cancel', 'return', 'route', 'more', 'fail', 'pay', 'undo', 'receive', 'send', 'damage', 'repair', 'wholesale', 'ahead'),
  place: fc.nat(2), other: fc.nat(2), by: fc.integer({ min: 1, max: 4 }), delay: fc.nat(9),
});
const setup: fc.Arbitrary<Setup> = fc.record({
  shelf: fc.constantFrom<ContainmentWay>({ way: 'never', shipLagMs: 0 }, { way: 'never', shipLagMs: LAG * MINUTE }, { way: 'reference' }, { way: 'watermark' }), demand: fc.constantFrom<ContainmentWay>({ way: 'reference' }, { way: 'watermark' }),
  returns: fc.constantFrom('owner' as const, 'channel' as const), home: fc.boolean(), wholesale: fc.boolean(),
  // A mark cannot pass over what is not routed.
}).map((one) => (one.demand.way === 'watermark' ? { ...one, home: true } : one));

const openOf = ({ ordered, fulfilled, cancelled }: Line): number => ordered - fulfilled - cancelled;
/** The lines as they count: of what has not shipped nothing is asked for while a payment has failed. */
const linesOf = ({ lines, failed }: Order): readonly Line[] => lines.map((line) => (failed ? { ...line, cancelled: Math.max(line.cancelled, line.ordered - line.fulfilled) } : { ...line }));
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

class World {
  books: Books = emptyBooks(SKU);
  readonly rules: BookingRules;
  readonly #setup: Setup;
  readonly #shelf = PLACES.map(() => START);
  readonly #unfit = PLACES.map(() => 0);
  /** What the warehouse has in its own books, shipments and returns aside. */
  readonly #known = PLACES.map(() => START);
  readonly #wholesale = PLACES.map(() => 0);
  readonly #orders: Order[] = [];
  readonly #taken = { wms: new Map<string, readonly Line[]>(), erp: new Map<string, readonly Line[]>() };
  readonly #left: { readonly place: number; readonly minute: number; by: number }[] = [];
  readonly #late: { readonly due: number; readonly told: object }[] = [];
  #minute = 0;

  constructor(of: Setup) {
    this.#setup = of;
    this.rules = { containment: new Map([['wms', of.shelf], ['erp', of.demand]]) as never, returns: of.returns };
    for (const place of [0, 1, 2]) for (const row of [this.#shelfRow(place), this.#demandRow(place)]) this.#hear(row);
  }

  position(): Position {
    return positionFromBalances(this.books, balancesOf(measureBooks(this.books, this.rules)));
  }

  /** What each place can give somebody who buys there alone, and all of them together. */
  truth(): { readonly at: readonly number[]; readonly all: number } {
    const lines = this.#orders.flatMap(linesOf);
    const at = PLACES.map((_, place) => (this.#shelf[place] ?? 0) - (this.#unfit[place] ?? 0) - (this.#wholesale[place] ?? 0) - sum(lines.filter((line) => line.place === place).map(openOf)));
    return { at, all: sum(at) - sum(lines.filter(({ place }) => place < 0).map(openOf)) };
  }

  happens({ what, place, other, by, delay }: Step): void {
    this.#minute += 1;
    const event = { source: 'wms', id: String(this.#minute), sku: SKU, location: PLACES[place], at: this.#at() };
    switch (what) {
      case 'take': this.#takes('erp'); break;
      case 'takeShelf': this.#takes('wms'); break;
      case 'demand': this.#later(this.#demandRow(place), delay); break;
      case 'shelf': this.#later(this.#shelfRow(place), delay); break;
      case 'wholesale':
        if (!this.#setup.wholesale) break;
        this.#wholesale[place] = (this.#wholesale[place] ?? 0) + by;
        this.#hear(this.#demandRow(place));
        break;
      case 'ahead': this.#shipsAhead({ place, other, by, delay }); break;
      case 'receive':
        this.#moves(place, by);
        this.#later({ kind: 'receipt', ...event, quantity: by }, delay);
        break;
      case 'send':
        if (place === other) break;
        this.#moves(place, -by);
        this.#hear({ kind: 'transfer', source: 'wms', id: event.id, sku: SKU, from: PLACES[place], to: PLACES[other], at: event.at, dispatched: by, received: 0, lost: 0 });
        break;
      case 'damage': case 'repair': {
        const some = what === 'damage' ? by : Math.min(by, this.#unfit[place] ?? 0);
        this.#unfit[place] = (this.#unfit[place] ?? 0) + (what === 'damage' ? some : -some);
        const [from, to] = what === 'damage' ? ['sellable', 'unavailable'] : ['unavailable', 'sellable'];
        if (some > 0) this.#later({ kind: 'condition', ...event, quantity: some, from, to }, what === 'damage' ? 0 : delay);
        break;
      }
      case 'order': {
        const lines = [by === 4 ? this.#unrouted(place) : place, ...(place === other || this.#setup.wholesale ? [] : [delay % 4 === 0 ? this.#unrouted(other) : other])].map((at): Line => ({ place: at, ordered: by, fulfilled: 0, cancelled: 0, returned: 0 }));
        this.#orders.push({ id: String(this.#minute), lines, failed: false });
        this.#tell(this.#orders.at(-1));
        break;
      }
      default: this.#changes(what, { place, other, by });
    }
    this.#deliver(delay % 2 === 0);
  }

  /** Everybody takes everything in and says what there is, long after the last shipment. */
  catchUp(): void {
    this.#minute += 2 * LAG;
    for (const source of ['erp', 'wms'] as const) this.#takes(source);
    this.#minute += 1;
    for (const place of [0, 1, 2]) for (const row of [this.#shelfRow(place), this.#demandRow(place)]) this.#hear(row);
    for (const { told } of this.#late) this.#hear(told);
  }

  #at(): string { return addMs(NOON, this.#minute * MINUTE); }

  #hear(told: object): void { this.books = acceptObservation(this.books, parseObservation(told), this.rules); }

  #later(told: object, delay: number): void {
    this.#late.push({ due: this.#minute + (delay > 6 ? delay : delay % 3), told });
    if (delay === 9) this.#late.push({ due: this.#minute + 15, told });
  }

  #deliver(newestFirst: boolean): void {
    const due = this.#late.filter((one) => one.due <= this.#minute).sort((a, b) => (newestFirst ? b.due - a.due : a.due - b.due));
    for (const one of due) {
      this.#late.splice(this.#late.indexOf(one), 1);
      this.#hear(one.told);
    }
  }

  #moves(place: number, by: number): void {
    this.#shelf[place] = (this.#shelf[place] ?? 0) + by;
    this.#known[place] = (this.#known[place] ?? 0) + by;
  }

  /** Whose it is that is committed at a place no figure says: demand that moves, or is of several places, hides among that of others. */
  #unrouted(place: number): number { return this.#setup.wholesale ? place : -1; }

  /** The owners know of a shipment at once, and the channel tells of it later. */
  #shipsAhead({ place, by, delay }: Pick<Step, 'place' | 'other' | 'by' | 'delay'>): void {
    const order = this.#orders[by % Math.max(1, this.#orders.length)];
    const line = order?.lines[place % order.lines.length];
    const { shelf } = this.#setup;
    if (order === undefined || line === undefined || order.failed || line.place < 0 || openOf(line) <= 0 || (shelf.way === 'never' && shelf.shipLagMs > 0)) return;
    const some = Math.min(by, openOf(line));
    order.isAhead = true;
    line.fulfilled += some;
    this.#shelf[line.place] = (this.#shelf[line.place] ?? 0) - some;
    this.#later(this.#told(order), delay);
    for (const source of ['erp', 'wms'] as const) this.#takes(source);
    for (const row of [this.#shelfRow(line.place), this.#demandRow(line.place)]) this.#hear(row);
  }

  #changes(what: 'ship' | 'cancel' | 'return' | 'route' | 'more' | 'fail' | 'pay' | 'undo', { place, other, by }: Pick<Step, 'place' | 'other' | 'by'>): void {
    const order = this.#orders[by % Math.max(1, this.#orders.length)];
    const line = order?.lines[place % order.lines.length];
    if (order === undefined || line === undefined) return;
    if (what === 'fail' || what === 'pay') {
      order.failed = what === 'fail';
      this.#tell(order);
      return;
    }
    if ((order.failed && what !== 'return') || (what === 'route' && this.#setup.wholesale) || (what === 'undo' && order.isAhead === true)) return;
    const some = what === 'more' ? by : what === 'route' ? Number(line.fulfilled === 0 && line.place !== other) : Math.min(by, what === 'return' || what === 'undo' ? line.fulfilled - line.returned : openOf(line));
    if (some <= 0) return;
    if (what === 'route' || (what === 'ship' && line.place < 0)) line.place = other;
    if (what === 'more') line.ordered += some;
    else if (what === 'cancel') line.cancelled += some;
    else if (what === 'ship') {
      line.fulfilled += some;
      this.#shelf[line.place] = (this.#shelf[line.place] ?? 0) - some;
      this.#left.push({ place: line.place, minute: this.#minute, by: some });
    } else if (what === 'undo') {
      line.fulfilled -= some;
      this.#shelf[line.place] = (this.#shelf[line.place] ?? 0) + some;
      this.#callOff(line.place, some);
    } else if (what === 'return') {
      line.returned += some;
      this.#shelf[line.place] = (this.#shelf[line.place] ?? 0) + some;
      if (this.#setup.returns === 'owner') this.#known[line.place] = (this.#known[line.place] ?? 0) + some;
    }
    this.#tell(order);
  }

  /** What was never written down as shipped is not written back either. */
  #callOff(place: number, by: number): void {
    let rest = by;
    for (const left of this.#left.filter((one) => one.place === place).reverse()) {
      const some = Math.min(rest, left.by);
      left.by -= some;
      rest -= some;
    }
  }

  #tell(order: Order | undefined): void {
    if (order !== undefined) this.#hear(this.#told(order));
  }

  #told(order: Order): object {
    const lines = order.lines.map(({ place, ...line }, index) => ({ id: String(index), sku: SKU, ...(place < 0 ? {} : { location: PLACES[place] }), ...line }));
    return { kind: 'order', channel: 'shop', orderId: order.id, revision: this.#at(), placedAt: NOON, payment: order.failed ? 'failed' : 'paid', lines };
  }

  #takes(source: 'wms' | 'erp'): void {
    const way = source === 'wms' ? this.#setup.shelf : this.#setup.demand;
    if (way.way === 'never') return;
    for (const order of this.#orders) {
      const { id } = order;
      const own = linesOf(order).filter(({ place }) => place >= 0 || (source === 'erp' && this.#setup.home));
      this.#taken[source].set(id, own);
      const counter = (name: 'ordered' | 'fulfilled' | 'cancelled' | 'returned'): number => sum(own.map((line) => line[name]));
      const contained = [{ sku: SKU, ordered: counter('ordered'), fulfilled: counter('fulfilled'), cancelled: counter('cancelled'), returned: counter('returned') }];
      if (way.way === 'reference') this.#hear({ kind: 'acknowledgement', source, channel: 'shop', orderId: id, revision: this.#at(), contained });
    }
    if (way.way === 'watermark') this.#hear({ kind: 'watermark', source, channel: 'shop', revision: this.#at(), through: this.#at() });
    // What it moved between its places it shows at once.
    else if (source === 'erp') for (const place of [0, 1, 2]) this.#hear(this.#demandRow(place));
  }

  #shelfRow(place: number): object {
    const { shelf, returns } = this.#setup;
    const own = [...this.#taken.wms.values()].flat().filter((line) => line.place === place);
    // The hand that ships is quicker than the one that writes.
    const unwritten = shelf.way === 'never' && shelf.shipLagMs > 0 ? this.#left.filter((left) => left.place === place && this.#minute - left.minute < LAG && left.minute % 2 === 0) : [];
    const onHand = shelf.way === 'never' ? (this.#shelf[place] ?? 0) + sum(unwritten.map(({ by }) => by))
      : (this.#known[place] ?? 0) - sum(own.map(({ fulfilled, returned }) => fulfilled - (returns === 'channel' ? returned : 0)));
    return { kind: 'stock', source: 'wms', sku: SKU, location: PLACES[place], asOf: this.#at(), measures: { onHand, unavailable: this.#unfit[place] } };
  }

  #demandRow(place: number): object {
    const own = [...this.#taken.erp.values()].flat().filter((line) => line.place === place || (line.place < 0 && place === 0));
    return { kind: 'stock', source: 'erp', sku: SKU, location: PLACES[place], asOf: this.#at(), measures: { committed: (this.#wholesale[place] ?? 0) + sum(own.map(openOf)) } };
  }
}

function givenBy({ locations, unrouted }: Position): { readonly at: readonly number[]; readonly all: number } {
  const at = PLACES.map((place) => {
    const stock = locations.get(place as never);
    return Number(stock?.onHand ?? 0) - Number(stock?.unavailable ?? 0) - Number(stock?.committed ?? 0);
  });
  return { at, all: sum(at) - sum([...unrouted.values()].map(Number)) };
}

describe('a place of which one system owns the stock and another the demand', () => {
  it('never gives more than lies there and is asked for there by nobody, and all places together exactly that once all was taken in', () => {
    fc.assert(fc.property(setup, fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }), (of, steps) => {
      const world = new World(of);
      steps.forEach((one, index) => {
        world.happens(one);
        const [given, truth] = [givenBy(world.position()), world.truth()];
        PLACES.forEach((place, number) => { expect(given.at[number], `${place}, after ${String(index)}`).toBeLessThanOrEqual(truth.at[number] ?? 0); });
        expect(given.all, `in all, after ${String(index)}`).toBeLessThanOrEqual(truth.all);
      });
      world.catchUp();
      expect(givenBy(world.position()).all).toBe(world.truth().all);
    }), { numRuns: 1500 });
  });
});
