import type { AvailabilityChannel, CallContext, ChannelCapabilities, LevelKey, ObservedLevel, OrdersRequest, Page, PublishOutcome, PublishRequest, WebhookRequest, WebhookResult } from '@stockwright/adapter';
import { instantFromMs, instantToMs, type ChannelId, type Instant, type OrderObservation, type QuantityText, type Sku } from '@stockwright/core';
import type { Life } from '../life.ts';
import type { Shop, ShopKey } from '../model/shop.ts';
import { LATE_REQUEST_MS, NO_BUSTLE } from '../weather.ts';
import { Network, type Storms } from './network.ts';

const LEVELS_PER_PAGE = 6;
const ORDERS_PER_PAGE = 15;

/** One vendor counts all reads together, and another counts each kind for itself. */
const LIMITS_SHARED: ChannelCapabilities['limits'] = { publish: 'writes', readLevels: 'reads', readOrders: 'reads', readOrdersById: 'reads' };
const LIMITS_APART: ChannelCapabilities['limits'] = { publish: 'writes', readLevels: 'levels', readOrders: 'orders', readOrdersById: 'single orders' };

/** What the harness learns of each write as it leaves. */
export interface ChannelWatch {
  sent(channel: ChannelId, request: PublishRequest): void;
  /** Nobody can tell whether, or when, a line was written. */
  doubtful(channel: ChannelId, sku: Sku): void;
}

/** A model shop as the engine of one process reaches it. */
export class ChannelPort implements AvailabilityChannel {
  readonly kind = 'channel';
  readonly contractVersion = 'v1';
  readonly id: ChannelId;
  readonly account: string;
  readonly capabilities: ChannelCapabilities;
  private readonly life: Life;
  private readonly shop: Shop;
  private readonly network: Network;
  private readonly watch: ChannelWatch;

  constructor(life: Life, shop: Shop, { second, storms, watch }: { readonly second: boolean; readonly storms: Storms; readonly watch: ChannelWatch }) {
    const { weather } = life.world;
    this.life = life;
    this.shop = shop;
    this.watch = watch;
    this.network = new Network(life, shop.id, storms);
    this.id = shop.id;
    this.account = `model:${shop.id}`;
    this.capabilities = {
      locations: shop.isPerPlace, compareAndSet: weather.compares[second ? 1 : 0] ? 'quantity' : 'none', idempotencyKeys: false, readBack: true, readOrders: true,
      publishBatchMax: weather.batchMax, lateRequestMsMax: LATE_REQUEST_MS, effectiveWithinMs: second ? weather.effectMs : 0,
      limits: second && weather.bustle !== NO_BUSTLE ? LIMITS_APART : LIMITS_SHARED, quantityMax: '1000000' as QuantityText,
      ...(weather.rate === undefined ? {} : { publishRate: weather.rate }),
    };
  }

  publish(request: PublishRequest, _context: CallContext): Promise<readonly PublishOutcome[]> {
    return this.life.remote(() => this.send(request));
  }

  readLevels(keys: readonly LevelKey[] | 'all', page: string | undefined, { clock }: CallContext): Promise<Page<ObservedLevel>> {
    return this.life.remote(() => {
      const observedAt = instantFromMs(clock.now());
      return this.network.read('readLevels', () => {
        const wanted = keys === 'all' ? this.shop.keys : keys.map(({ sku, location }): ShopKey => ({ sku, place: location ?? '' }));
        const from = Number(page ?? 0);
        const items = wanted.slice(from, from + LEVELS_PER_PAGE).map(({ sku, place }): ObservedLevel => ({ sku, ...(place === '' ? {} : { location: place }), quantity: String(this.shop.shows(sku, place)) as QuantityText, observedAt }));
        return { items, unmapped: this.network.oddities(this.shop.oddUntilMs).unmapped, ...(from + LEVELS_PER_PAGE < wanted.length ? { next: String(from + LEVELS_PER_PAGE) } : {}) };
      });
    });
  }

  readOrders(request: OrdersRequest, page: string | undefined, _context: CallContext): Promise<Page<OrderObservation>> {
    return this.life.remote(() => this.network.read('readOrders', () => {
      if (request.scope === 'ids') {
        const items = request.orderIds.flatMap((id) => this.shop.orders.get(id) ?? []);
        return this.withOddities({ items, unmapped: [] });
      }
      return this.withOddities(this.changedOrders(request.since, page));
    }));
  }

  receive(request: WebhookRequest): WebhookResult {
    const { id: messageId, orderId } = JSON.parse(new TextDecoder().decode(request.body)) as { id: string; orderId: string };
    return { status: 'accepted', messageId, hints: [{ kind: 'order', orderId }] };
  }

  /** An order of half a piece, and one of something that nobody sells. */
  private withOddities(page: Page<OrderObservation>): Page<OrderObservation> {
    const { refused, unmapped } = this.network.oddities(this.shop.oddUntilMs);
    const [like] = this.shop.orders.values();
    const half = '0.5' as QuantityText;
    const odd = refused && like !== undefined ? [{ ...like, orderId: 'half', lines: like.lines.map((line) => ({ ...line, ordered: half })) }] : [];
    return { ...page, items: [...page.items, ...odd], unmapped };
  }

  /** Oldest change first, and each page says where the read had started. */
  private changedOrders(since: string | undefined, page: string | undefined): Page<OrderObservation> {
    const [start = '', after = ''] = page?.split(' ') ?? [instantFromMs(this.shop.stamps.next()), ''];
    const from = after === '' ? (since ?? '') : instantFromMs(instantToMs(after as Instant) + 1);
    const changed = [...this.shop.orders.values()].filter(({ revision }) => revision >= from).sort((a, b) => (a.revision < b.revision ? -1 : 1));
    const items = changed.slice(0, ORDERS_PER_PAGE);
    const last = items[items.length - 1];
    return { items, unmapped: [], ...(changed.length > items.length && last !== undefined ? { next: `${start} ${last.revision}` } : { resumeFrom: start }) };
  }

  private async send(request: PublishRequest): Promise<readonly PublishOutcome[]> {
    const { network, shop, life } = this;
    const { weather: { publish, lateMs }, time, trace } = life.world;
    const { faults } = network;
    this.watch.sent(shop.id, request);
    trace.text(request.idempotencyKey);
    trace.line(time.now(), life.name, () => `sends to ${shop.id}: ${request.lines.map(({ sku, quantity, expected }) => `${sku}=${quantity}${expected === undefined ? '' : ` if ${expected}`}`).join(' ')}`);
    const unknown = async (reason: string): Promise<readonly PublishOutcome[]> => {
      for (const { sku } of request.lines) this.watch.doubtful(shop.id, sku);
      await time.after(faults.between(500, 5_000));
      return request.lines.map(() => ({ status: 'unknown', reason }));
    };
    const sentAtMs = time.now();
    await network.travel();
    const retryAfterMs = network.throttled(publish.throttled);
    if (retryAfterMs !== undefined) return request.lines.map(() => ({ status: 'notSent', reason: 'too many requests', retryAfterMs }));
    if (faults.strikes('request lost', publish.lost)) return unknown('no answer: the request was lost');
    // Nobody is left to hear of the request of a process that has died, which makes it no quicker.
    if (faults.strikes('request late', life.alive ? publish.late : 0.5)) {
      time.at(Math.max(time.now(), sentAtMs + faults.between(1_000, lateMs)), () => { this.arrive(request, 'late'); });
      return unknown('no answer: the request is late');
    }
    const outcomes = this.arrive(request, undefined);
    if (faults.strikes('answer lost on the way', publish.unanswered)) return unknown('no answer: it was lost');
    await network.travel();
    return outcomes;
  }

  private arrive({ lines }: PublishRequest, how: 'late' | undefined): readonly PublishOutcome[] {
    const { faults } = this.network;
    const { trace, time, weather } = this.life.world;
    if (how !== undefined) for (const { sku } of lines) this.watch.doubtful(this.shop.id, sku);
    if (how !== undefined) trace.line(time.now(), this.life.name, () => `${how} request arrives at ${this.id}`);
    return lines.map((line): PublishOutcome => {
      if (how === undefined && lines.length > 1 && faults.strikes('line not written', weather.publish.partial)) return { status: 'notSent', reason: 'busy' };
      const outcome = this.shop.write(line);
      trace.text(outcome.status);
      if (outcome.status === 'applied' && lines.length > 1 && faults.strikes('line unknown', weather.publish.partial / 2)) {
        this.watch.doubtful(this.shop.id, line.sku);
        return { status: 'unknown', reason: 'no word on this line' };
      }
      return outcome;
    });
  }
}
