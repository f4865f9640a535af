import { z } from 'zod';
import { invalidInput, StockwrightError, type Issue } from '../errors/error.ts';
import { identifierProblem, type ChannelId, type LocationId } from '../identity/ids.ts';
import { parseInstant, type Instant } from '../identity/instant.ts';
import { MAX_SCALE, quantityProblem } from '../quantity/quantity.ts';

const identifier = z.string().check((context) => {
  const problem = identifierProblem(context.value, 'identifier');
  if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
});
const quantity = z.union([z.string(), z.number()]).check((context) => {
  const problem = quantityProblem(context.value, MAX_SCALE);
  const negative = problem === undefined && String(context.value).startsWith('-');
  const message = problem ?? (negative ? `${String(context.value)} must not be negative` : undefined);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});
const percent = z.union([z.string(), z.number()]).check((context) => {
  const problem = quantityProblem(context.value, 4);
  const value = Number(context.value);
  const message = problem ?? (value < 0 || value > 100 ? `${String(context.value)} must lie between 0 and 100` : undefined);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});
const instant = z.string().transform((value, context) => {
  try {
    return parseInstant(value);
  } catch (error) {
    context.issues.push({ code: 'custom', message: error instanceof Error ? error.message : String(error), input: value });
    return z.NEVER;
  }
});

const ruleBase = {
  id: identifier,
  owner: z.string().min(1),
  reason: z.string().min(1),
  from: instant.optional(),
  until: instant.optional(),
};
const stockScope = z.strictObject({ sku: identifier.optional(), category: identifier.optional(), location: identifier.optional() }).optional();
const listingScope = z.strictObject({ sku: identifier.optional(), category: identifier.optional(), channel: identifier.optional() }).optional();
const withheld = z.union([z.strictObject({ fixed: quantity }), z.strictObject({ percent })]);

const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...ruleBase, kind: z.literal('safetyStock'), scope: stockScope, withhold: withheld }),
  z.strictObject({ ...ruleBase, kind: z.literal('buffer'), scope: listingScope, withhold: withheld }),
  z.strictObject({ ...ruleBase, kind: z.literal('hideAtOrBelow'), scope: listingScope, threshold: quantity }),
  z.strictObject({ ...ruleBase, kind: z.literal('pin'), scope: listingScope, quantity }),
  z.strictObject({ ...ruleBase, kind: z.literal('cap'), scope: listingScope, most: quantity }),
]);

const policySchema = z.strictObject({
  version: identifier,
  clamp: z.enum(['total', 'perLocation']).default('total'),
  kits: z.enum(['pooled', 'perLocation']).default('pooled'),
  returns: z.enum(['owner', 'channel']).default('owner'),
  channels: z.array(z.strictObject({
    id: identifier,
    locations: z.array(identifier).min(1),
    publish: z.enum(['total', 'perLocation']).default('total'),
    spread: z.enum(['priority', 'proportional']).default('priority'),
  })).min(1),
  rules: z.array(ruleSchema).default([]),
});

/** A policy as JSON carries it. @public */
export type PolicyInput = z.input<typeof policySchema>;
/** A policy with its defaults filled in. @public */
export interface Policy {
  readonly version: string;
  /** Whether a negative location lowers the others (`total`) or counts as empty (`perLocation`). */
  readonly clamp: 'total' | 'perLocation';
  /** Whether components of one kit may come from different locations. A channel with locations always counts per location. */
  readonly kits: 'pooled' | 'perLocation';
  /** Who puts sellable returns back on hand. */
  readonly returns: 'owner' | 'channel';
  readonly channels: readonly PolicyChannel[];
  readonly rules: readonly PolicyRule[];
}
/** How a channel is supplied and shown. @public */
export interface PolicyChannel {
  readonly id: ChannelId;
  /** The locations that may serve it, most preferred first. */
  readonly locations: readonly LocationId[];
  /** One number, or one per location. */
  readonly publish: 'total' | 'perLocation';
  /** How the number is divided over locations. */
  readonly spread: 'priority' | 'proportional';
}
/** How much is held back: a fixed number of units, or a percentage, rounded up. @public */
export type Withheld = { readonly fixed: string | number } | { readonly percent: string | number };
/** One rule, with who wants it and why. @public */
export type PolicyRule = {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
} & (
  | { readonly kind: 'safetyStock'; readonly scope?: StockScope | undefined; readonly withhold: Withheld }
  | { readonly kind: 'buffer'; readonly scope?: ListingScope | undefined; readonly withhold: Withheld }
  | { readonly kind: 'hideAtOrBelow'; readonly scope?: ListingScope | undefined; readonly threshold: string | number }
  | { readonly kind: 'pin'; readonly scope?: ListingScope | undefined; readonly quantity: string | number }
  | { readonly kind: 'cap'; readonly scope?: ListingScope | undefined; readonly most: string | number }
);
/** What a rule on stock applies to; everything where empty. @public */
export interface StockScope { readonly sku?: string | undefined; readonly category?: string | undefined; readonly location?: string | undefined }
/** What a rule on listings applies to; everything where empty. @public */
export interface ListingScope { readonly sku?: string | undefined; readonly category?: string | undefined; readonly channel?: string | undefined }

/**
 * Reads a policy from JSON.
 *
 * @param input - Unknown properties, unknown kinds, negative quantities, percentages outside 0 to 100, two rules or
 *   channels of one id, a location listed twice and a window that ends before it begins are refused.
 * @throws `INVALID_POLICY` naming every problem with its path.
 * @example
 * ```ts
 * parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] })
 * ```
 * @public
 */
export function parsePolicy(input: unknown): Policy {
  const parsed = policySchema.safeParse(input);
  const issues = parsed.success
    ? structureIssues(parsed.data as unknown as Policy)
    : parsed.error.issues.map(({ path, message }) => ({ path: path as (string | number)[], message }));
  if (issues.length > 0 || !parsed.success) {
    const { message } = invalidInput('policy', issues);
    throw new StockwrightError(message, { code: 'INVALID_POLICY', issues });
  }
  return parsed.data as unknown as Policy;
}

function structureIssues({ channels, rules }: Policy): Issue[] {
  const issues: Issue[] = [];
  const once = (values: readonly string[], path: readonly (string | number)[], what: string): void => {
    values.forEach((value, index) => {
      if (values.indexOf(value) !== index) issues.push({ path: [...path, index], message: `${what} ${value} is listed twice` });
    });
  };
  once(channels.map(({ id }) => id), ['channels'], 'channel');
  once(rules.map(({ id }) => id), ['rules'], 'rule');
  channels.forEach(({ locations }, index) => { once(locations, ['channels', index, 'locations'], 'location'); });
  rules.forEach(({ id, from, until }, index) => {
    if (from !== undefined && until !== undefined && until <= from) {
      issues.push({ path: ['rules', index, 'until'], message: `rule ${id} ends at ${until}, not after it begins at ${from}` });
    }
  });
  return issues;
}

/** Something in a policy that is allowed and probably not meant. @public */
export interface LintFinding {
  readonly code: 'RULE_TIE' | 'UNKNOWN_CHANNEL' | 'EXPIRED_RULE';
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * What a careful colleague would ask about.
 *
 * @param asOf - Rules that ended by then are reported.
 * @public
 */
export function lintPolicy(policy: Policy, asOf: Instant): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  const channels = new Set<string>(policy.channels.map(({ id }) => id));
  policy.rules.forEach((rule, index) => {
    const path = ['rules', index];
    const twin = policy.rules.slice(0, index).find((other) => other.kind === rule.kind && sameScope(other, rule) && overlap(other, rule));
    if (twin !== undefined) {
      findings.push({ code: 'RULE_TIE', path, message: `rules ${twin.id} and ${rule.id} say the same kind of thing about the same scope at the same time; ${[twin.id, rule.id].sort()[0] ?? ''} wins` });
    }
    if (rule.kind !== 'safetyStock' && rule.scope?.channel !== undefined && !channels.has(rule.scope.channel)) {
      findings.push({ code: 'UNKNOWN_CHANNEL', path: [...path, 'scope', 'channel'], message: `rule ${rule.id} speaks of channel ${rule.scope.channel}, which the policy does not list` });
    }
    if (rule.until !== undefined && rule.until <= asOf) {
      findings.push({ code: 'EXPIRED_RULE', path: [...path, 'until'], message: `rule ${rule.id} ended at ${rule.until}` });
    }
  });
  return findings;
}

function sameScope(a: PolicyRule, b: PolicyRule): boolean {
  const text = (scope: object | undefined): string => JSON.stringify(Object.entries(scope ?? {}).filter(([, value]) => value !== undefined).sort());
  return text(a.scope) === text(b.scope);
}

function overlap(a: PolicyRule, b: PolicyRule): boolean {
  return (a.until === undefined || b.from === undefined || b.from < a.until) && (b.until === undefined || a.from === undefined || a.from < b.until);
}
