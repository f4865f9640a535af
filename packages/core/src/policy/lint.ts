import type { Instant } from '../identity/instant.ts';
import type { Policy, PolicyRule } from './policy.ts';

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
