import type { Random } from '@stockwright/adapter';
import type { AmazonNotificationFault, AmazonOperation, AmazonRequestFault } from '@stockwright/simulators/amazon';
import type { NetSuiteFault, NetSuiteOperation } from '@stockwright/simulators/netsuite';
import { seededRandom } from '@stockwright/testkit';
import type { ShopifyRequestFault, ShopifyWebhookFault } from '@stockwright/simulators/shopify';

/** How rough a run is. */
export type FaultLevel = 'none' | 'mild' | 'hostile';

const MINUTE_MS = 60_000;
/** In the time of the orders, not before the first numbers are shown. */
const SILENCE_MS = 90 * MINUTE_MS;
const ZERO_FEED_MS = 25 * MINUTE_MS;

/** How often something goes wrong with a message or a request: shares of one. */
interface Rates {
  readonly lost: number;
  readonly doubled: number;
  readonly late: number;
  /** Late by up to so much, which also reorders. */
  readonly lateMsMax: number;
  readonly throttled: number;
  readonly refused: number;
  readonly brokenBefore: number;
  readonly brokenAfter: number;
  readonly appliedLate: number;
  readonly neverApplied: number;
}

const RATES: Readonly<Record<Exclude<FaultLevel, 'none'>, Rates>> = {
  mild: { lost: 0, doubled: 0.05, late: 0.05, lateMsMax: 5 * MINUTE_MS, throttled: 0.02, refused: 0.01, brokenBefore: 0.01, brokenAfter: 0.01, appliedLate: 0, neverApplied: 0 },
  hostile: { lost: 0.1, doubled: 0.1, late: 0.15, lateMsMax: 30 * MINUTE_MS, throttled: 0.04, refused: 0.03, brokenBefore: 0.03, brokenAfter: 0.03, appliedLate: 0.02, neverApplied: 0.005 },
};

/** Something that happens to the whole at a moment. */
export type Blow =
  | { readonly kind: 'kill'; readonly atMs: number; readonly downMs: number }
  | { readonly kind: 'silence'; readonly atMs: number; readonly untilMs: number }
  | { readonly kind: 'zeroFeed'; readonly atMs: number; readonly untilMs: number };

/** What goes wrong in a run, by seed. */
export interface Weather {
  readonly level: FaultLevel;
  /** How often what went wrong, by name. */
  readonly counts: Readonly<Record<string, number>>;
  readonly blows: readonly Blow[];
  webhook(): ShopifyWebhookFault;
  notification(): AmazonNotificationFault;
  shopify(operation: string): ShopifyRequestFault | undefined;
  amazon(operation: AmazonOperation): AmazonRequestFault | undefined;
  netsuite(operation: NetSuiteOperation): NetSuiteFault | undefined;
  /** Counts something that happened elsewhere. */
  count(name: string): void;
  /** A system that says nothing from now on, or speaks again. */
  silence(isOn: boolean): void;
  /** Nothing goes wrong while something is set up by hand. The weather begins sheltered. */
  shelter(isOn: boolean): void;
  /** From now on nothing goes wrong. */
  calm(): void;
}

/** Makes the weather of a run between two moments. */
export function createWeather(level: FaultLevel, { seed, fromMs, toMs, spared = [] }: { seed: string; fromMs: number; toMs: number; /** Faults, by name, that never happen. */ spared?: readonly string[] }): Weather {
  const counts: Record<string, number> = {};
  const count = (name: string): void => { counts[name] = (counts[name] ?? 0) + 1; };
  let isCalm = level === 'none';
  let isSheltered = true;
  let isSilent = false;
  const rates = RATES[level === 'none' ? 'mild' : level];
  const streams = new Map<string, Random>();
  /** Each subject has draws of its own, so that the order in which two vendors are called changes nothing. */
  const randomOf = (subject: string): Random => {
    const known = streams.get(subject) ?? seededRandom(`weather ${seed} ${subject}`);
    streams.set(subject, known);
    return known;
  };
  /** One draw decides between all that can go wrong. */
  const draw = <Fault>(random: Random, choices: readonly (readonly [number, string, () => Fault])[]): Fault | undefined => {
    if (isCalm || isSheltered) return undefined;
    let left = random.next();
    for (const [share, name, make] of choices) {
      left -= share;
      if (left >= 0) continue;
      if (spared.includes(name)) return undefined;
      count(name);
      return make();
    }
    return undefined;
  };
  const message = (what: string): 'deliver' | 'lose' | 'duplicate' | { delayMs: number } => draw<'lose' | 'duplicate' | { delayMs: number }>(randomOf(what), [
    [rates.lost, `${what} lost`, () => 'lose'], [rates.doubled, `${what} doubled`, () => 'duplicate'], [rates.late, `${what} late`, () => ({ delayMs: Math.floor(randomOf(what).next() * rates.lateMsMax) })],
  ]) ?? 'deliver';
  return {
    level, counts, count, blows: level === 'hostile' ? blowsBetween({ random: randomOf('blows'), fromMs, toMs }) : [],
    webhook: () => message('webhook'),
    notification: () => message('notification'),
    shopify: (operation) => draw<ShopifyRequestFault>(randomOf('shopify'), [
      [rates.throttled, 'shopify throttled', () => ({ kind: 'throttle' })], [rates.refused, 'shopify refused', () => ({ kind: 'status', status: 503 })],
      [rates.brokenBefore, 'shopify broken before', () => ({ kind: 'timeoutBeforeApply' })], [rates.brokenAfter, 'shopify broken after', () => ({ kind: 'timeoutAfterApply' })],
      [operation === 'inventorySetQuantities' ? rates.appliedLate : 0, 'shopify applied late', () => ({ kind: 'timeoutAppliedLate', delayMs: 1_000 + Math.floor(randomOf('shopify').next() * 25_000) })],
    ]),
    amazon: (operation) => draw<AmazonRequestFault>(randomOf('amazon'), [
      [rates.throttled, 'amazon throttled', () => ({ kind: 'throttle' })], [rates.refused, 'amazon refused', () => ({ kind: 'status', status: 503 })],
      [rates.brokenBefore, 'amazon broken before', () => ({ kind: 'timeoutBeforeApply' })], [rates.brokenAfter, 'amazon broken after', () => ({ kind: 'timeoutAfterApply' })],
      [operation === 'patchListingsItem' ? rates.appliedLate : 0, 'amazon applied late', () => ({ kind: 'timeoutAppliedLate', delayMs: 1_000 + Math.floor(randomOf('amazon').next() * 55_000) })],
      [operation === 'patchListingsItem' ? rates.neverApplied : 0, 'amazon never applied', () => ({ kind: 'acceptedNeverApplied' })],
    ]),
    netsuite: () => {
      if (isSilent) {
        count('netsuite silent');
        return { kind: 'timeoutBeforeApply' };
      }
      return draw<NetSuiteFault>(randomOf('netsuite'), [
        [rates.throttled, 'netsuite throttled', () => ({ kind: 'status', status: 429 })], [rates.refused, 'netsuite refused', () => ({ kind: 'status', status: 503 })],
        [rates.brokenBefore, 'netsuite broken before', () => ({ kind: 'timeoutBeforeApply' })], [rates.brokenAfter, 'netsuite broken after', () => ({ kind: 'timeoutAfterApply' })],
      ]);
    },
    silence: (isOn) => { isSilent = isOn; },
    shelter: (isOn) => { isSheltered = isOn; },
    calm: () => { isCalm = true; },
  };
}

/** Three kills, one silence and one feed of zeros, spread over the day and never two of a kind at once. */
function blowsBetween({ random, fromMs, toMs }: { random: Random; fromMs: number; toMs: number }): readonly Blow[] {
  const length = toMs - fromMs;
  const within = (from: number, to: number): number => Math.floor(fromMs + length * (from + random.next() * (to - from)));
  const kills = ([[0.05, 0.25], [0.4, 0.55], [0.8, 0.95]] as const).map(([from, to]): Blow => ({ kind: 'kill', atMs: within(from, to), downMs: 5_000 + Math.floor(random.next() * 5 * MINUTE_MS) }));
  const silentMs = within(0.25, 0.35);
  const zeroMs = within(0.6, 0.7);
  const blows: Blow[] = [
    ...kills,
    { kind: 'silence', atMs: silentMs, untilMs: Math.min(toMs, silentMs + SILENCE_MS) },
    { kind: 'zeroFeed', atMs: zeroMs, untilMs: Math.min(toMs, zeroMs + ZERO_FEED_MS) },
  ];
  return blows.sort((a, b) => a.atMs - b.atMs);
}
