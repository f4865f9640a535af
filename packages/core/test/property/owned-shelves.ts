import fc from 'fast-check';
import { addMs, type BookingRules, type BookObservation, type ChannelId, type ContainmentWay, type Instant, type LineCounters, type LocationId, type OrderLineObservation, type QuantityText, type Sku, type SourceId } from '../../src/index.ts';
import { NOON } from './arbitraries.ts';

/** The one sku of these worlds. */
export const SKU = 'A' as Sku;
const PLACES = ['W1', 'W2', 'W3'] as string[] as LocationId[];
const CHANNELS = ['portal', 'shop'] as string[] as ChannelId[];
const LINES = 3;
const FULL = 20;
const MINUTE = 60_000;

/** One system that owns the stock of its places. */
export interface Owner {
  readonly id: SourceId;
  readonly places: readonly LocationId[];
  readonly way: ContainmentWay;
  readonly ownsCommitted: boolean;
  /** Of what was sent on to another owner it says that it was taken back, and not that it was never ordered. */
  readonly takesBack: boolean;
}

/** Who owns what, and by which rules its figures are read. */
export interface Setup {
  readonly owners: readonly Owner[];
  /** Who takes orders in that are not routed; core alone counts them where it is nobody. */
  readonly home: Owner | undefined;
  readonly rules: BookingRules;
}

interface Line { place: LocationId | ''; ordered: number; fulfilled: number; cancelled: number; returned: number }
interface Order { readonly id: string; readonly channel: ChannelId; readonly placed: number; readonly history: { readonly minute: number; readonly lines: readonly Line[] }[]; lines: Line[]; sentOn: boolean }
interface Left { readonly place: LocationId; readonly minute: number; readonly by: number }

/** What happens next, to whom of those there are, and by how much. */
export interface Happening {
  readonly what: 'place' | 'edit' | 'ship' | 'cancel' | 'reroute' | 'return' | 'import' | 'report' | 'receive' | 'count' | 'wait';
  readonly a: number;
  readonly b: number;
  readonly by: number;
}

/** Little that makes worlds large, and much that makes what is known of a few orders old or new. */
const HAPPENS: { readonly [What in Happening['what']]: number } = { place: 2, edit: 5, ship: 4, cancel: 4, reroute: 2, return: 3, import: 8, report: 9, receive: 1, count: 1, wait: 1 };
const WHATS = Object.entries(HAPPENS).map(([value, weight]) => ({ weight, arbitrary: fc.constant(value as Happening['what']) }));

/** Things that happen in a world, one after the other. */
export function happenings(): fc.Arbitrary<readonly Happening[]> {
  const one = fc.record({ what: fc.oneof(...WHATS), a: fc.nat(11), b: fc.nat(11), by: fc.integer({ min: 1, max: 4 }) });
  return fc.tuple(one, fc.array(one, { minLength: 3, maxLength: 24, size: 'max' })).map(([first, rest]) => [{ ...first, what: 'place' }, ...rest]);
}

/** One to three owners of two or three places. */
export function setups(): fc.Arbitrary<Setup> {
  const way = fc.constantFrom<ContainmentWay>({ way: 'reference' }, { way: 'reference' }, { way: 'watermark' }, { way: 'watermark' }, { way: 'never', shipLagMs: 0 }, { way: 'never', shipLagMs: 5 * MINUTE });
  const owner = fc.record({ way, ownsCommitted: fc.boolean(), takesBack: fc.boolean() });
  return fc.record({ told: fc.constantFrom(1, 1, 2, 2, 3).chain((many) => fc.array(owner, { minLength: many, maxLength: many })), home: fc.boolean(), returns: fc.constantFrom('owner', 'channel') }).map(({ told, home, returns }) => {
    const owners = told.map((one, index): Owner => ({ ...one, id: `owner-${String(index)}` as SourceId, places: PLACES.slice(0, told.length === 1 ? 2 : 3).filter((_, place) => place % told.length === index) }));
    const containment = new Map(owners.map(({ id, way: tells }) => [id, tells]));
    const taker = owners.find(({ ownsCommitted, way: tells }) => ownsCommitted && tells.way !== 'never');
    // A mark of the one owner there is passes what is not routed too.
    return { owners, home: home || (owners.length === 1 && taker?.way.way === 'watermark') ? taker : undefined, rules: { containment, returns } };
  });
}

const at = (minute: number): Instant => addMs(NOON, minute * MINUTE);
const text = (value: number): QuantityText => String(value) as QuantityText;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const openOf = ({ ordered, fulfilled, cancelled }: Line): number => ordered - fulfilled - cancelled;
const pick = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % Math.max(1, items.length)];
const countersOf = ({ ordered, fulfilled, cancelled, returned }: Omit<Line, 'place'>): LineCounters => ({ ordered: text(ordered), fulfilled: text(fulfilled), cancelled: text(cancelled), returned: text(returned) });
const sumOf = (lines: readonly Line[]): Omit<Line, 'place'> => ({
  ordered: sum(lines.map(({ ordered }) => ordered)), fulfilled: sum(lines.map(({ fulfilled }) => fulfilled)),
  cancelled: sum(lines.map(({ cancelled }) => cancelled)), returned: sum(lines.map(({ returned }) => returned)),
});

/** What an owner has in its own books: it learns of orders when it imports them, and of its shelves by what it does there. */
class OwnBooks {
  readonly imported: Map<string, readonly Line[]> = new Map();
  readonly #most = new Map<string, number>();
  readonly #was = new Map<string, number>();
  readonly through: Map<ChannelId, number> = new Map();
  /** What came in, and what came back where the owner counts returns. */
  readonly came: Map<string, number> = new Map();

  /** @returns What it says that its figures contain of the order; absent where it never had any of it. */
  take({ id }: Order, own: readonly Line[], { takesBack }: Owner): Omit<Line, 'place'> | undefined {
    this.imported.set(id, own);
    const total = sumOf(own);
    const most = Math.max(this.#most.get(id) ?? 0, total.ordered);
    if (most === 0) return undefined;
    this.#most.set(id, most);
    const sentOn = takesBack ? most - total.ordered : 0;
    return { ...total, ordered: total.ordered + sentOn, cancelled: total.cancelled + sentOn };
  }

  /** Whether any order waits at another place than when this was asked last. */
  moved({ places }: Owner): boolean {
    let moved = false;
    for (const [id, lines] of this.imported) {
      const changes = places.map((place, index) => {
        const here = sum(lines.filter((line) => line.place === place || (line.place === '' && index === 0)).map(openOf));
        const before = this.#was.get(`${id} ${place}`) ?? 0;
        this.#was.set(`${id} ${place}`, here);
        return Math.sign(here - before);
      });
      if (changes.includes(1) && changes.includes(-1)) moved = true;
    }
    return moved;
  }
}

/** Real shelves and real orders, and what their honest owners say of them. */
export class World {
  readonly #setup: Setup;
  readonly #places: readonly LocationId[];
  readonly #shelf: Map<string, number>;
  readonly #orders: Order[] = [];
  readonly #left: Left[] = [];
  readonly #books: Map<Owner, OwnBooks>;
  #minute = 0;
  /** What is told at once: orders, what owners have taken in, and what came in. */
  readonly spoken: BookObservation[] = [];
  /** Reads of one owner's rows of one moment, which may be delivered late; what an owner has taken in is always told before. */
  readonly pages: (readonly BookObservation[])[] = [];

  constructor(setup: Setup) {
    this.#setup = setup;
    this.#places = setup.owners.flatMap(({ places }) => places);
    this.#shelf = new Map(this.#places.map((place) => [place, FULL]));
    this.#books = new Map(setup.owners.map((owner) => [owner, new OwnBooks()]));
    for (const owner of setup.owners) this.#report(owner, owner.places);
  }

  /** What lies at a place. */
  shelf(place: LocationId): number {
    return this.#shelf.get(place) ?? 0;
  }

  /** What may be promised to somebody else: of all places, or of those of one owner and routed orders alone. */
  free(owner?: Owner): number {
    const places = owner?.places ?? this.#places;
    const asked = this.#orders.flatMap(({ lines }) => lines).filter(({ place }) => owner === undefined || (place !== '' && places.includes(place)));
    return sum(places.map((place) => this.#shelf.get(place) ?? 0)) - sum(asked.map(openOf));
  }

  /** What may be promised to somebody who can have it from one place alone: what is routed there is asked for there. */
  freeAt(place: LocationId): number {
    return this.shelf(place) - sum(this.#orders.flatMap(({ lines }) => lines).filter((line) => line.place === place).map(openOf));
  }

  /** What is asked for and not routed. */
  unrouted(): number {
    return sum(this.#orders.flatMap(({ lines }) => lines).filter(({ place }) => place === '').map(openOf));
  }

  happens({ what, a, b, by }: Happening): void {
    this.#minute += 1;
    const owner = pick(this.#setup.owners, a);
    const place = pick(this.#places, b) ?? ('W1' as LocationId);
    if (owner === undefined) return;
    switch (what) {
      case 'wait':
        this.#minute += by * 2;
        break;
      case 'import':
        this.#imports(owner, { skip: b < 3 ? b : -1, behind: by - 1 });
        break;
      case 'report':
        this.#report(owner, b % 3 === 0 ? owner.places : owner.places.slice(by % owner.places.length).slice(0, 1));
        break;
      case 'receive':
        this.#receives(place, by);
        break;
      case 'count':
        this.#counts(place);
        break;
      case 'place':
        this.#orders.push({ id: String(this.#orders.length), channel: pick(CHANNELS, b) ?? ('shop' as ChannelId), placed: this.#minute, history: [], sentOn: false, lines: [{ place: pick(['', ...this.#places], a) ?? '', ordered: by, fulfilled: 0, cancelled: 0, returned: 0 }] });
        this.#tell(this.#orders.at(-1));
        break;
      default:
        this.#changes(what, { order: pick(this.#orders, a), place, which: b, by });
    }
  }

  /** Everybody takes everything in and says what there is, long after the last shipment. */
  catchUp(): void {
    for (const order of this.#orders) this.#tell(order);
    this.#minute += 10;
    for (const owner of this.#setup.owners) this.#imports(owner, { skip: -1, behind: 0 });
    this.#minute += 1;
    for (const owner of this.#setup.owners) this.#report(owner, owner.places);
  }

  #changes(what: 'edit' | 'ship' | 'cancel' | 'reroute' | 'return', { order, place, which, by }: { order: Order | undefined; place: LocationId; which: number; by: number }): void {
    const line = pick(order?.lines ?? [], which);
    if (order === undefined || line === undefined) return;
    // That goods left, or were taken back, the channel may hear later; what is asked for more or elsewhere it says itself.
    const late = by === 3 && (what === 'cancel' || (what === 'ship' && line.place !== '' && !order.sentOn));
    const some = Math.min(by, what === 'return' ? line.fulfilled - line.returned : openOf(line));
    if (what === 'edit') {
      if (by % 2 === 0 && order.lines.length < LINES) order.lines.push({ place: which % 2 === 0 ? '' : place, ordered: by, fulfilled: 0, cancelled: 0, returned: 0 });
      else line.ordered += by;
    } else if (some <= 0) {
      return;
    } else if (what === 'cancel') {
      line.cancelled += some;
    } else if (what === 'reroute') {
      order.sentOn = true;
      // What has left stays where it left; the rest is asked for elsewhere.
      line.ordered -= some;
      order.lines.push({ place, ordered: some, fulfilled: 0, cancelled: 0, returned: 0 });
      order.lines = order.lines.filter(({ ordered }) => ordered > 0);
    } else {
      order.sentOn ||= line.place === '';
      this.#moves(what, line, { place, some });
    }
    if (late) this.#remember(order);
    else this.#tell(order);
  }

  #moves(what: 'ship' | 'return', line: Line, { place, some }: { place: LocationId; some: number }): void {
    if (line.place === '') line.place = place;
    const here = line.place;
    const by = what === 'ship' ? -some : some;
    this.#shelf.set(here, (this.#shelf.get(here) ?? 0) + by);
    if (what === 'ship') {
      line.fulfilled += some;
      this.#left.push({ place: here, minute: this.#minute, by: some });
      return;
    }
    line.returned += some;
    if (this.#setup.rules.returns === 'owner') this.#comesIn(here, some);
  }

  #comesIn(place: LocationId, by: number): void {
    const came = this.#books.get(this.#ownerOf(place))?.came;
    came?.set(place, (came.get(place) ?? 0) + by);
  }

  #ownerOf(place: LocationId): Owner {
    const owner = this.#setup.owners.find(({ places }) => places.includes(place));
    if (owner === undefined) throw new RangeError(`Nobody owns ${place}.`);
    return owner;
  }

  #tell(order: Order | undefined): void {
    if (order === undefined) return;
    this.#remember(order);
    const lines = order.lines.map((line, index): OrderLineObservation => ({ id: String(index), sku: SKU, ...(line.place === '' ? {} : { location: line.place }), ...countersOf(line) }));
    this.spoken.push({ kind: 'order', channel: order.channel, orderId: order.id, revision: at(this.#minute), placedAt: at(order.placed), lines });
  }

  #remember({ history, lines }: Order): void {
    history.push({ minute: this.#minute, lines: lines.map((line) => ({ ...line })) });
  }

  #receives(place: LocationId, by: number): void {
    this.#shelf.set(place, (this.#shelf.get(place) ?? 0) + by);
    this.#comesIn(place, by);
    this.spoken.push({ kind: 'receipt', source: this.#ownerOf(place).id, id: String(this.#minute), sku: SKU, location: place, at: at(this.#minute), quantity: text(by) });
  }

  #counts(place: LocationId): void {
    const { id, way } = this.#ownerOf(place);
    if (way.way === 'never') this.spoken.push({ kind: 'count', source: id, sku: SKU, location: place, at: at(this.#minute), onHand: text(this.#shelf.get(place) ?? 0) });
  }

  /** An owner takes orders in: those it looks at as they are, or all of a channel up to a moment. */
  #imports(owner: Owner, { skip, behind }: { skip: number; behind: number }): void {
    const books = this.#books.get(owner);
    if (books === undefined || owner.way.way === 'never') return;
    const own = (lines: readonly Line[]): Line[] => lines.filter(({ place }) => (place === '' ? this.#setup.home === owner : owner.places.includes(place))).map((line) => ({ ...line }));
    const revision = at(this.#minute);
    if (owner.way.way === 'reference') {
      this.#orders.forEach((order, index) => {
        const contained = skip >= 0 && index % 3 === skip % 3 ? undefined : books.take(order, own(order.lines), owner);
        if (contained !== undefined) this.spoken.push({ kind: 'acknowledgement', source: owner.id, channel: order.channel, orderId: order.id, revision, contained: [{ sku: SKU, ...countersOf(contained) }] });
      });
      // Where it moved an order between its places it shows them as of one moment, and at once.
      if (books.moved(owner)) this.spoken.push(...this.#rows(owner, owner.places));
      return;
    }
    for (const channel of CHANNELS) {
      const through = Math.max(books.through.get(channel) ?? 0, this.#minute - behind * 3);
      books.through.set(channel, through);
      for (const order of this.#orders) {
        const known = order.channel === channel ? order.history.filter(({ minute }) => minute <= through).at(-1) : undefined;
        if (known !== undefined) books.imported.set(order.id, own(known.lines));
      }
      this.spoken.push({ kind: 'watermark', source: owner.id, channel, revision, through: at(through) });
    }
  }

  #report(owner: Owner, places: readonly LocationId[]): void {
    this.pages.push(this.#rows(owner, places));
  }

  #rows(owner: Owner, places: readonly LocationId[]): readonly BookObservation[] {
    return places.map((location): BookObservation => {
      const committed = owner.ownsCommitted ? { committed: text(this.#committed(owner, location)) } : {};
      return { kind: 'stock', source: owner.id, sku: SKU, location, asOf: at(this.#minute), measures: { onHand: text(this.#onHand(owner, location)), ...committed } };
    });
  }

  #imported(owner: Owner, place: LocationId | ''): readonly Line[] {
    return [...(this.#books.get(owner)?.imported.values() ?? [])].flat().filter((line) => line.place === place);
  }

  #onHand(owner: Owner, place: LocationId): number {
    const { way } = owner;
    if (way.way === 'never') {
      // The hand that ships is quicker than the one that writes.
      const unwritten = this.#left.filter((left) => left.place === place && (this.#minute - left.minute) * MINUTE < way.shipLagMs && left.minute % 2 === 0);
      return (this.#shelf.get(place) ?? 0) + sum(unwritten.map(({ by }) => by));
    }
    const imported = this.#imported(owner, place);
    const back = this.#setup.rules.returns === 'channel' ? sum(imported.map(({ returned }) => returned)) : 0;
    return FULL + (this.#books.get(owner)?.came.get(place) ?? 0) - sum(imported.map(({ fulfilled }) => fulfilled)) + back;
  }

  #committed(owner: Owner, place: LocationId): number {
    const unrouted = this.#setup.home === owner && place === owner.places[0] ? this.#imported(owner, '') : [];
    return sum([...this.#imported(owner, place), ...unrouted].map(openOf));
  }
}
