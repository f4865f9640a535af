import { invalidInput, StockwrightError, type Issue } from '../errors/error.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import { compareQuantities, MAX_SCALE, parseQuantity } from '../quantity/quantity.ts';
import type { Policy, PolicyRule } from './policy.ts';
import { policySchema } from './schema.ts';
import { shapeIssue } from './shape.ts';
import { sourcingIssue, withSources, type SourcedPolicy } from './sources.ts';
import { withWindows } from './windows.ts';

/**
 * Reads a policy from JSON.
 *
 * @param input - `$schema`, which points an editor at `policy.schema.json`, is left out. Unknown properties, unknown kinds, negative quantities, percentages outside 0 to 100, two rules or
 *   channels of one id, a location listed twice and a window that ends before it begins are refused; so are settings of
 *   custom rules that nest without end.
 * @throws `INVALID_POLICY` naming every problem with its path.
 * @example
 * ```ts
 * parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }).channels.map(({ id, locations }) => [id, locations]) // => [['shop', ['W1']]]
 * ```
 * @public
 */
export function parsePolicy(input: unknown): Policy {
  const misshapen = shapeIssue(input);
  if (misshapen !== undefined) throw refused([misshapen]);
  const parsed = policySchema.safeParse(input);
  if (!parsed.success) throw refused(schemaIssues(parsed.error.issues));
  const { $schema: _, ...data } = parsed.data;
  const excess = sourcingIssue(data);
  if (excess !== undefined) throw refused([excess]);
  const sourced = withSources(data as unknown as SourcedPolicy);
  const { policy, issues: windowIssues } = withWindows(sourced.policy);
  const issues = [...sourced.issues, ...windowIssues, ...structureIssues(policy)];
  if (issues.length > 0) throw refused(issues);
  return policy;
}

function refused(issues: readonly Issue[]): StockwrightError {
  const { message, issues: told } = invalidInput('policy', issues);
  return new StockwrightError(message, { code: 'INVALID_POLICY', issues: told });
}

function structureIssues({ locations: known, channels, rules, overlays }: Policy): Issue[] {
  const issues: Issue[] = [];
  const once = (values: readonly string[], path: readonly (string | number)[], what: string): void => {
    const seen = new Set<string>();
    values.forEach((value, index) => {
      if (seen.has(value)) issues.push({ path: [...path, index], message: `${what} ${value} is listed twice` });
      seen.add(value);
    });
  };
  once(known.map(({ id }) => id), ['locations'], 'location');
  once(channels.map(({ id }) => id), ['channels'], 'channel');
  once(rules.map(({ id }) => id), ['rules'], 'rule');
  channels.forEach(({ locations }, index) => { once(locations, ['channels', index, 'locations'], 'location'); });
  once(overlays.map(({ id }) => id), ['overlays'], 'overlay');
  // One by one: as arguments of one call they could be too many.
  const add = (more: readonly Issue[]): void => { for (const issue of more) issues.push(issue); };
  rules.forEach((rule, index) => { add(ruleIssues(rule, ['rules', index])); });
  const ids = new Set(rules.map(({ id }) => id));
  overlays.forEach(({ suspends, rules: own }, index) => {
    suspends.forEach((id, position) => {
      if (!ids.has(id)) issues.push({ path: ['overlays', index, 'suspends', position], message: `there is no rule ${id} to suspend, neither of the policy nor of an earlier overlay` });
    });
    own.forEach((rule, position) => {
      const path = ['overlays', index, 'rules', position];
      if (ids.has(rule.id)) issues.push({ path, message: `rule ${rule.id} is listed twice` });
      ids.add(rule.id);
      add(ruleIssues(rule, path));
    });
  });
  return issues;
}

function ruleIssues(rule: PolicyRule, path: readonly (string | number)[]): Issue[] {
  if (rule.kind === 'priority') {
    const seen = new Set<string>();
    return rule.order.flatMap((channel, rank) => (seen.size < seen.add(channel).size ? [] : [{ path: [...path, 'order', rank], message: `channel ${channel} is listed twice` }]));
  }
  if (rule.kind === 'custom') {
    const misplaced = rule.stage === 'supply' ? 'channel' : 'location';
    return rule.scope?.[misplaced] === undefined ? [] : [{ path: [...path, 'scope', misplaced], message: `rule ${rule.id} applies at stage ${rule.stage}, which knows no ${misplaced}` }];
  }
  if (rule.kind !== 'buffer' || !('levels' in rule.withhold)) return [];
  return rule.withhold.levels.flatMap(({ from }, index, levels) => {
    const before = levels[index - 1]?.from;
    if (before === undefined || compareQuantities(parseQuantity(before, { scale: MAX_SCALE }), parseQuantity(from, { scale: MAX_SCALE })) < 0) return [];
    return [{ path: [...path, 'withhold', 'levels', index, 'from'], message: `level ${String(from)} does not lie above level ${String(before)} before it` }];
  });
}
