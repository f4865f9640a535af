import type { CallContext, InventorySource, Page, SourceCapabilities, StockRequest } from '@stockwright/adapter';
import { instantFromMs, instantToMs, type Instant, type OrderAcknowledgement, type QuantityText, type SourceId, type StockObservation } from '@stockwright/core';
import type { Life } from '../life.ts';
import type { Erp } from '../model/erp.ts';
import { Network, type Storms } from './network.ts';

const ROWS_PER_PAGE = 5;
const ACKNOWLEDGEMENTS_PER_PAGE = 15;

/** The owner of stock as the engine of one process reaches it. */
export class SourcePort implements InventorySource {
  readonly kind = 'source';
  readonly contractVersion = 'v1';
  readonly id: SourceId;
  readonly account: string;
  readonly capabilities: SourceCapabilities;
  private readonly life: Life;
  private readonly erp: Erp;
  private readonly network: Network;

  constructor(life: Life, erp: Erp, storms: Storms) {
    this.life = life;
    this.erp = erp;
    this.network = new Network(life, erp.id, storms);
    this.id = erp.id;
    this.account = `model:${erp.id}`;
    this.capabilities = { changedRows: life.world.weather.changedRows, acknowledgements: true, measures: ['onHand', 'committed'] };
  }

  readStock(request: StockRequest, page: string | undefined, _context: CallContext): Promise<Page<StockObservation>> {
    return this.life.remote(() => this.network.read('readStock', () => {
      const asOfMs = this.erp.stamps.next();
      const [start = '', from = ''] = page?.split(' ') ?? [instantFromMs(asOfMs), ''];
      const { erp } = this;
      const wanted = erp.keys.filter((key) => key > from && (request.scope === 'all' || (request.scope === 'skus' ? request.skus.includes(erp.skuOf(key)) : erp.changedAtMs(key) >= instantToMs(request.since as Instant))));
      const read = wanted.slice(0, ROWS_PER_PAGE);
      const last = read[read.length - 1];
      const odd = this.network.oddities(erp.oddUntilMs);
      const items = [...read.map((key) => erp.row(key, asOfMs)), ...(odd.refused ? [{ ...erp.row(erp.keys[0] ?? '', asOfMs), measures: { onHand: '0.5' as QuantityText } }] : [])];
      return { items, unmapped: odd.unmapped, ...(wanted.length > read.length && last !== undefined ? { next: `${start} ${last}` } : { resumeFrom: start }) };
    }));
  }

  readAcknowledgements(since: string | undefined, page: string | undefined, _context: CallContext): Promise<Page<OrderAcknowledgement>> {
    return this.life.remote(() => this.network.read('readAcknowledgements', () => {
      const [start = '', after = ''] = page?.split(' ') ?? [instantFromMs(this.erp.stamps.next()), ''];
      const from = after === '' ? (since ?? '') : instantFromMs(instantToMs(after as Instant) + 1);
      const changed = [...this.erp.acknowledgements.values()].filter(({ revision }) => revision >= from).sort((a, b) => (a.revision < b.revision ? -1 : 1));
      const read = changed.slice(0, ACKNOWLEDGEMENTS_PER_PAGE);
      const last = read[read.length - 1];
      const { refused, unmapped } = this.network.oddities(this.erp.oddUntilMs);
      const half = refused && last !== undefined ? [{ ...last, orderId: 'half', contained: last.contained.map((each) => ({ ...each, ordered: '0.5' as QuantityText })) }] : [];
      return { items: [...read, ...half], unmapped, ...(changed.length > read.length && last !== undefined ? { next: `${start} ${last.revision}` } : { resumeFrom: start }) };
    }));
  }
}
