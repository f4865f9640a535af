import type { Instant } from '../identity/instant.ts';
import type { Policy, PolicyRule } from './policy.ts';

/** What a finding is about. @public */
export type LintCode =
  | 'RULE_TIE' | 'UNKNOWN_CHANNEL' | 'UNKNOWN_LOCATION' | 'UNKNOWN_SKU' | 'UNKNOWN_CATEGORY' | 'EXPIRED_RULE' | 'EXPIRED_OVERLAY' | 'NEVER_IN_EFFECT' | 'SHARE_ACROSS_SETS' | 'PRIORITY_ACROSS_SETS'
  | 'SHARE_LEAVES_OUT' | 'TOO_MANY_UNIONS' | 'TOO_MANY_PARTS' | 'NON_MONOTONE_LEVELS' | 'PIN_WITHOUT_END' | 'PIN_OFF_PARTS' | 'BEYOND_MAXIMUM' | 'BINDS_NO_STOCK' | 'MULTIPLE_OFF_STEP';

/** Something in a policy that is allowed and probably not meant. @public */
export interface LintFinding {
  readonly code: LintCode;
  /** An `error` gives numbers that nobody can have meant; a `warning` may be meant. */
  readonly severity: 'error' | 'warning';
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A rule of the policy or of an overlay, and where it stands. */
export interface Placed {
  readonly rule: PolicyRule;
  readonly path: readonly (string | number)[];
}

/** Whether a rule ever applies, and whether it ends when somebody would expect it to. */
export function windowFindings({ rule, path }: Placed, { overlays }: Policy, asOf: Instant): LintFinding[] {
  const overlay = path[0] === 'overlays' ? overlays[Number(path[1])] : undefined;
  if (overlay !== undefined && !((rule.from ?? overlay.from) < overlay.until && overlay.from < (rule.until ?? overlay.until))) {
    const message = `rule ${rule.id} is never in effect, because overlay ${overlay.id} applies from ${overlay.from} until ${overlay.until} alone; give it a time within that`;
    return [{ code: 'NEVER_IN_EFFECT', severity: 'error', path, message }];
  }
  if ((rule.kind === 'pin' || rule.kind === 'forceOut') && rule.until === undefined && overlay === undefined) {
    return [{ code: 'PIN_WITHOUT_END', severity: 'warning', path, message: `rule ${rule.id} overrides what there is and never ends; say until when` }];
  }
  if (rule.until === undefined || rule.until > asOf) return [];
  return [{ code: 'EXPIRED_RULE', severity: 'warning', path: [...path, 'until'], message: `rule ${rule.id} ended at ${rule.until}` }];
}

/** Overlays that are over. */
export function overlayFindings({ overlays }: Policy, asOf: Instant): LintFinding[] {
  return overlays.flatMap(({ id, until }, index): LintFinding[] =>
    (until > asOf ? [] : [{ code: 'EXPIRED_OVERLAY', severity: 'warning', path: ['overlays', index, 'until'], message: `overlay ${id} ended at ${until}` }]));
}
