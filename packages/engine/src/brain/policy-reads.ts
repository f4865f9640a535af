import type { Policy } from '@stockwright/core';

/**
 * The first thing in a policy that asks for what an engine does not keep yet: units sold in a window, velocity, when a
 * location was last heard of, or what was promised beyond stock.
 *
 * @returns A few words naming it; nothing where the engine can feed the whole policy.
 */
export function unfedBy({ locations, rules, overlays }: Policy): string | undefined {
  const stale = locations.find((location) => location.stale !== undefined);
  if (stale !== undefined) return `location ${stale.id}: a limit of silence`;
  for (const rule of [...rules, ...overlays.flatMap((overlay) => overlay.rules)]) {
    const needs = needOf(rule);
    if (needs !== undefined) return `rule ${rule.id}: ${needs}`;
  }
  return undefined;
}

function needOf(rule: Policy['rules'][number]): string | undefined {
  switch (rule.kind) {
    case 'ringfence':
      return 'a ringfence';
    case 'protection':
      return 'quota' in rule.keep ? 'a quota' : undefined;
    case 'drawCap':
      return 'quota' in rule.most ? 'a quota' : undefined;
    case 'safetyStock':
      return 'daysOfCover' in rule.withhold ? 'days of cover' : undefined;
    case 'backorderLimit':
    case 'preorderLimit':
      return 'what is sold beyond stock';
    case 'custom':
      return 'a rule of your own';
    default:
      return undefined;
  }
}
