import type { Instant } from '../identity/instant.ts';
import { MAX_UNIONS, unionsOf } from './compile.ts';
import { channelsBetween, scopeOf } from './item-rules.ts';
import type { Policy, PolicyChannel, PolicyRule } from './policy.ts';

/** What a finding is about. @public */
export type LintCode =
  | 'RULE_TIE' | 'UNKNOWN_CHANNEL' | 'EXPIRED_RULE' | 'SHARE_ACROSS_SETS' | 'PRIORITY_ACROSS_SETS' | 'SHARE_LEAVES_OUT' | 'TOO_MANY_UNIONS';

/** Something in a policy that is allowed and probably not meant. @public */
export interface LintFinding {
  readonly code: LintCode;
  /** An `error` gives numbers that nobody can have meant; a `warning` may be meant. */
  readonly severity: 'error' | 'warning';
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
  return [
    ...unionFindings(policy),
    ...policy.rules.flatMap((rule, index) => [
      ...tieFindings(policy, rule, index), ...channelFindings(policy, rule, index), ...betweenFindings(policy, rule, index), ...expiryFindings(rule, { index, asOf }),
    ]),
  ];
}

function unionFindings(policy: Policy): LintFinding[] {
  if (unionsOf(policy.channels, new Map()) !== undefined) return [];
  const message = `the location lists of the channels make more than ${String(MAX_UNIONS)} unions, so every channel subtracts all demand that shares a location with it; use fewer different lists`;
  return [{ code: 'TOO_MANY_UNIONS', severity: 'warning', path: ['channels'], message }];
}

function tieFindings(policy: Policy, rule: PolicyRule, index: number): LintFinding[] {
  const twin = policy.rules.slice(0, index).find((other) => other.kind === rule.kind && sameScope(policy, other, rule) && overlap(other, rule));
  if (twin === undefined) return [];
  const winner = twin.id < rule.id ? twin.id : rule.id;
  const message = `rules ${twin.id} and ${rule.id} say the same kind of thing about the same scope at the same time; ${winner} wins`;
  return [{ code: 'RULE_TIE', severity: 'warning', path: ['rules', index], message }];
}

function channelFindings(policy: Policy, rule: PolicyRule, index: number): LintFinding[] {
  const known = new Set<string>(policy.channels.map(({ id }) => id));
  const { channel } = scopeOf(rule);
  const named = channelsBetween(rule)?.map((id, position) => ({ id, path: rule.kind === 'share' ? ['between', id] : ['order', position] }));
  return (named ?? (channel === undefined ? [] : [{ id: channel, path: ['scope', 'channel'] }]))
    .filter(({ id }) => !known.has(id))
    .map(({ id, path }) => ({ code: 'UNKNOWN_CHANNEL', severity: 'error', path: ['rules', index, ...path], message: `rule ${rule.id} speaks of channel ${id}, which the policy does not list` }));
}

/** A division is one of one pool, so its channels must draw on the same locations. */
function betweenFindings(policy: Policy, rule: PolicyRule, index: number): LintFinding[] {
  const named = channelsBetween(rule);
  if (named === undefined || (rule.kind !== 'share' && rule.kind !== 'priority')) return [];
  const members = policy.channels.filter(({ id }) => named.includes(id));
  const [first] = members;
  if (first === undefined) return [];
  const stranger = members.find((member) => setOf(member) !== setOf(first));
  if (stranger !== undefined) {
    const message = `rule ${rule.id} divides between ${first.id} and ${stranger.id}, which do not draw on the same locations, so there is no one pool to divide; give them one list of locations, or use protections`;
    return [{ code: rule.kind === 'share' ? 'SHARE_ACROSS_SETS' : 'PRIORITY_ACROSS_SETS', severity: 'error', path: ['rules', index], message }];
  }
  if (rule.kind !== 'share') return [];
  const left = policy.channels.filter((channel) => setOf(channel) === setOf(first) && !named.includes(channel.id)).map(({ id }) => id);
  if (left.length === 0) return [];
  return [{ code: 'SHARE_LEAVES_OUT', severity: 'warning', path: ['rules', index, 'between'], message: `rule ${rule.id} divides all there is and leaves ${left.join(', ')} nothing; give each a weight` }];
}

function expiryFindings(rule: PolicyRule, { index, asOf }: { readonly index: number; readonly asOf: Instant }): LintFinding[] {
  if (rule.until === undefined || rule.until > asOf) return [];
  return [{ code: 'EXPIRED_RULE', severity: 'warning', path: ['rules', index, 'until'], message: `rule ${rule.id} ended at ${rule.until}` }];
}

function setOf({ locations }: PolicyChannel): string {
  return [...locations].sort().join('\u001f');
}

function sameScope(policy: Policy, a: PolicyRule, b: PolicyRule): boolean {
  const text = (scope: object | undefined): string => JSON.stringify(Object.entries(scope ?? {}).filter(([, value]) => value !== undefined).sort());
  const pools = (rule: PolicyRule): readonly string[] => policy.channels.filter(({ id }) => channelsBetween(rule)?.includes(id)).map(setOf);
  return text(a.scope) === text(b.scope) && (channelsBetween(a) === undefined || pools(a).some((pool) => pools(b).includes(pool)));
}

function overlap(a: PolicyRule, b: PolicyRule): boolean {
  return (a.until === undefined || b.from === undefined || b.from < a.until) && (b.until === undefined || a.from === undefined || a.from < b.until);
}
