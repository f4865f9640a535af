import type { Issue } from '../errors/error.ts';
import { listed } from '../errors/issue.ts';
import type { LocationId } from '../identity/ids.ts';
import type { Policy, PolicyChannel, PolicyLocation, Sourcing } from './policy.ts';

/** A policy whose channels name their locations, or say which ones serve them. */
export interface SourcedPolicy extends Omit<Policy, 'channels'> {
  readonly channels: readonly (Omit<PolicyChannel, 'locations'> & { readonly locations?: readonly LocationId[] })[];
}

/** The most pairs of a channel and a location that sourcing looks at. */
const MAX_PAIRS = 10_000_000;

/** Why the sourcing of a policy is more than can be worked out: every channel that chooses looks at every location. */
export function sourcingIssue({ channels, locations }: { readonly channels: readonly { readonly sourcing?: unknown }[]; readonly locations: readonly unknown[] }): Issue | undefined {
  const choosing = channels.filter(({ sourcing }) => sourcing !== undefined).length;
  if (choosing * locations.length <= MAX_PAIRS) return undefined;
  const message = `${String(choosing)} channels choose among ${String(locations.length)} locations, which are more than ${String(MAX_PAIRS)} pairs; list the locations of each channel instead`;
  return { path: ['channels'], message };
}

/** Stage 3, once per policy: gives each channel its locations. */
export function withSources(policy: SourcedPolicy): { readonly policy: Policy; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const channels = policy.channels.map((channel, index): PolicyChannel => {
    const { sourcing, locations } = channel;
    const found = sourcing === undefined ? locations : policy.locations.filter((location) => serves(location, sourcing)).map(({ id }) => id);
    const path = ['channels', index, 'locations'];
    if (found === undefined) issues.push({ path, message: `channel ${channel.id} has no locations; list them, or say by sourcing which ones serve it` });
    else if (found.length === 0) issues.push({ path, message: `no location of the policy fits the sourcing of channel ${channel.id}` });
    else if (locations !== undefined && locations.join('\u001f') !== found.join('\u001f')) {
      issues.push({ path, message: `channel ${channel.id} lists ${listed(locations)}, but its sourcing comes to ${listed(found)}; leave one of the two out` });
    }
    return { ...channel, locations: found ?? [] };
  });
  return { policy: { ...policy, channels }, issues };
}

function serves({ region, kind, methods }: PolicyLocation, sourcing: Sourcing): boolean {
  const fits = (wanted: readonly string[] | undefined, has: readonly string[]): boolean => wanted === undefined || has.some((value) => wanted.includes(value));
  return fits(sourcing.regions, region === undefined ? [] : [region]) && fits(sourcing.kinds, kind === undefined ? [] : [kind]) && fits(sourcing.methods, methods);
}
