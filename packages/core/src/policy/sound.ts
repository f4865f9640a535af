import { identifier } from '../errors/common-looks.ts';
import { list, maybe, parts, type Look } from '../errors/looks.ts';

const named = list(parts({ id: identifier }));

/** What has the lists of a policy, each of what has a name. */
export const POLICY: Look = parts({ locations: named, channels: named, rules: named, overlays: named });

const rules = list(parts({ id: identifier, kind: identifier, scope: maybe(parts({})) }));

/** The same, with what a policy that nobody has read may lack. */
export const READ_POLICY: Look = parts({ locations: named, channels: list(parts({ id: identifier, locations: list(identifier) })), rules, overlays: list(parts({ id: identifier, rules, suspends: list(identifier) })) });
