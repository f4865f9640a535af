import { isStockwrightError, type Issue } from '../errors/error.ts';
import { parseInstant, type Instant } from '../identity/instant.ts';
import { instantOfLocal, isLocalTime, zoneProblem } from '../identity/zone.ts';
import type { Policy, PolicyRule } from './policy.ts';

type Path = readonly (string | number)[];

/** Something with a window as it was written. */
interface Windowed {
  readonly id: string;
  readonly zone?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** Reads all windows of a policy: local times become moments, once, so that a policy means the same everywhere. */
export function withWindows(policy: Policy): { readonly policy: Policy; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const read = <Item extends Windowed>(item: Item, path: Path): Item => {
    const zoned = item.zone === undefined ? undefined : zoneProblem(item.zone);
    if (zoned !== undefined) issues.push({ path: [...path, 'zone'], message: zoned });
    const edge = (name: 'from' | 'until'): Instant | undefined => momentOf(item, { name, path, issues, usable: zoned === undefined });
    const [from, until] = [edge('from'), edge('until')];
    if (from !== undefined && until !== undefined && until <= from) {
      issues.push({ path: [...path, 'until'], message: `rule ${item.id} ends at ${until}, not after it begins at ${from}` });
    }
    return { ...item, ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
  };
  const rulesOf = (rules: readonly PolicyRule[], path: Path): PolicyRule[] => rules.map((rule, index) => read(rule, [...path, 'rules', index]));
  const overlays = policy.overlays.map((overlay, index) => ({ ...read(overlay, ['overlays', index]), rules: rulesOf(overlay.rules, ['overlays', index]) }));
  return { policy: { ...policy, rules: rulesOf(policy.rules, []), overlays }, issues };
}

function momentOf(item: Windowed, { name, path, issues, usable }: { readonly name: 'from' | 'until'; readonly path: Path; readonly issues: Issue[]; readonly usable: boolean }): Instant | undefined {
  const text = item[name];
  if (text === undefined || !usable) return undefined;
  try {
    if (item.zone !== undefined && isLocalTime(text)) return instantOfLocal(text, item.zone, name);
    return parseInstant(text);
  } catch (error) {
    if (!isStockwrightError(error)) throw error;
    const hint = isLocalTime(text) ? '; or say in which zone it is meant' : '';
    issues.push({ path: [...path, name], message: `${error.issues[0]?.message ?? error.message}${hint}` });
    return undefined;
  }
}

/** A stretch of time; open where an end is absent. */
export interface Window {
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
}

/** A rule with what the overlays make of it. */
export type EffectiveRule = PolicyRule & {
  /** The overlay that it belongs to, counted from 1: rules of later overlays win over all earlier ones. */
  readonly overlay?: number;
  /** When an overlay suspends it. */
  readonly suspended?: readonly Window[];
};

/** The rules of a policy and its overlays, those of an overlay within its window. */
export function effectiveRules({ rules, overlays }: Pick<Policy, 'rules' | 'overlays'>): readonly EffectiveRule[] {
  const withSuspensions = (rule: EffectiveRule, after: number): EffectiveRule => {
    const suspended = overlays.filter(({ suspends }, index) => index >= after && suspends.includes(rule.id));
    return suspended.length === 0 ? rule : { ...rule, suspended };
  };
  return [
    ...rules.map((rule) => withSuspensions(rule, 0)),
    ...overlays.flatMap((overlay, index) => overlay.rules.flatMap((rule): EffectiveRule[] => {
      const from = rule.from === undefined || rule.from < overlay.from ? overlay.from : rule.from;
      const until = rule.until === undefined || rule.until > overlay.until ? overlay.until : rule.until;
      return from < until ? [withSuspensions({ ...rule, from, until, overlay: index + 1 }, index + 1)] : [];
    })),
  ];
}
