/** How often an operation may be called: so many tokens a second, up to a burst. @public */
export interface AmazonUsagePlan {
  /** Tokens that come back each second. */
  readonly rate: number;
  /** The most tokens at once, and how many there are at first. */
  readonly burst: number;
}

const NOTIFICATIONS: AmazonUsagePlan = { rate: 1, burst: 5 };

/** The default plan of each operation, as the vendor's models state it. @public */
export const AMAZON_USAGE_PLANS = {
  patchListingsItem: { rate: 5, burst: 5 },
  putListingsItem: { rate: 5, burst: 10 },
  getListingsItem: { rate: 5, burst: 10 },
  deleteListingsItem: { rate: 5, burst: 5 },
  searchListingsItems: { rate: 5, burst: 5 },
  createFeedDocument: { rate: 0.5, burst: 15 },
  // The general plan of createFeed is 0.0083 and 15; the one feed type that is still alive has its own: 5 in 5 minutes.
  createFeed: { rate: 5 / 300, burst: 5 },
  getFeed: { rate: 2, burst: 15 },
  getFeeds: { rate: 0.0222, burst: 10 },
  cancelFeed: { rate: 2, burst: 15 },
  getFeedDocument: { rate: 0.0222, burst: 10 },
  getInventorySummaries: { rate: 2, burst: 2 },
  searchOrders: { rate: 0.0056, burst: 20 },
  getOrder: { rate: 0.5, burst: 30 },
  createDestination: NOTIFICATIONS,
  getDestinations: NOTIFICATIONS,
  getDestination: NOTIFICATIONS,
  deleteDestination: NOTIFICATIONS,
  createSubscription: NOTIFICATIONS,
  getSubscription: NOTIFICATIONS,
  getSubscriptions: NOTIFICATIONS,
  getSubscriptionById: NOTIFICATIONS,
  deleteSubscriptionById: NOTIFICATIONS,
} as const satisfies Readonly<Record<string, AmazonUsagePlan>>;

/** An operation that has a usage plan. @public */
export type AmazonPlannedOperation = keyof typeof AMAZON_USAGE_PLANS;

/** The token buckets of one seller and one application. */
export interface TokenBuckets {
  /** Takes one token; false where there is none. */
  take(operation: AmazonPlannedOperation): boolean;
  /** What the answer's header says: the rate, with a decimal point. */
  rateText(operation: AmazonPlannedOperation): string | undefined;
}

/** Full buckets over a clock. */
export function createTokenBuckets(
  now: () => number,
  plans: 'unlimited' | Partial<Readonly<Record<AmazonPlannedOperation, AmazonUsagePlan>>>,
): TokenBuckets {
  const buckets = new Map<AmazonPlannedOperation, { tokens: number; readAtMs: number }>();
  if (plans === 'unlimited') return { take: () => true, rateText: () => undefined };
  const planOf = (operation: AmazonPlannedOperation): AmazonUsagePlan => plans[operation] ?? AMAZON_USAGE_PLANS[operation];
  return {
    take: (operation) => {
      const { rate, burst } = planOf(operation);
      const nowMs = now();
      const bucket = buckets.get(operation) ?? { tokens: burst, readAtMs: nowMs };
      buckets.set(operation, bucket);
      bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.readAtMs) / 1000) * rate);
      bucket.readAtMs = nowMs;
      // Fractions add up to a little less than one: 5 a second must be 5 a second.
      if (bucket.tokens < 1 - 1e-9) return false;
      bucket.tokens -= 1;
      return true;
    },
    rateText: (operation) => {
      const { rate } = planOf(operation);
      return Number.isInteger(rate) ? `${String(rate)}.0` : String(Number(rate.toFixed(4)));
    },
  };
}
