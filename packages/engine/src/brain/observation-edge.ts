import { instantFromMs, instantToMs, invalidInput, MEASURES, type Instant, type Issue, type Observation } from '@stockwright/core';
import { storable } from '../ports/index.ts';
import { checkIdentifier, checkInstant, isRecord, shown, type Path } from './words.ts';

/**
 * What an observation must be before anything is booked from it. Quantities are left to the books, which know the step
 * of the sku, and skus to the catalogue.
 *
 * @param at - Where it stood in what was given.
 * @returns What is wrong with it; nothing where it is sound.
 */
export function observationIssues(observation: unknown, at: Path = []): readonly Issue[] {
  const issues: Issue[] = [];
  const kind = isRecord(observation) ? observation['kind'] : undefined;
  if (!isRecord(observation)) issues.push({ path: at, message: `${shown(observation)} is no observation` });
  else if (!isKind(kind)) issues.push({ path: [...at, 'kind'], message: `${shown(kind)} is none of ${Object.keys(CHECKS).join(', ')}` });
  else CHECKS[kind](observation, at, issues);
  return issues;
}

/** Refuses a list with an observation that is none. @throws `INVALID_INPUT` with the index of each. */
export function refuseUnsoundObservations(observations: unknown): void {
  if (!Array.isArray(observations)) throw invalidInput('observations', [{ path: [], message: `${shown(observations)} is no list of observations` }]);
  const issues = observations.flatMap((observation, index) => observationIssues(observation, [index]));
  if (issues.length > 0) throw invalidInput('observations', issues);
}

/** The last moment of which instants speak. */
const END_OF_TIME_MS = instantToMs('9999-12-31T23:59:59.999Z' as Instant);

/**
 * Refuses what is dated too far ahead: everything that is said until then would count as older, and be dropped.
 *
 * @throws `INVALID_INPUT`
 */
export function refuseDatedAhead(observations: readonly Observation[], { nowMs, aheadMs }: { readonly nowMs: number; readonly aheadMs: number }): void {
  const latest = instantFromMs(Math.min(END_OF_TIME_MS, nowMs + aheadMs));
  for (const observation of observations) {
    const [name, moment] = momentOf(observation);
    if (moment <= latest) continue;
    const message = `${moment} is ${String(instantToMs(moment) - nowMs)} ms ahead of the store's clock, and ${String(aheadMs)} ms are allowed (times.aheadMs); set the clock or the time zone of the system that said it`;
    throw invalidInput(referenceOf(observation), [{ path: [name], message }]);
  }
}

/** Who said something that may be no observation at all, as a key can keep it. */
export function originOf(observation: unknown): string {
  const { source, channel } = isRecord(observation) ? observation : {};
  return [source, channel].map(keyText).find((text) => text !== '') ?? 'unknown';
}

/** What something is about that may be no observation at all, as a key can keep it. */
export function referenceOf(observation: unknown): string {
  if (!isRecord(observation)) return 'no observation';
  const { kind, orderId, sku, location } = observation;
  return keyText(orderId === undefined ? `${said(kind)} ${said(sku)} at ${said(location)}` : `order ${said(orderId)}`);
}

/** The longest text of somebody else's that becomes part of a key: every database has an end. */
const MAX_KEY_TEXT = 400;

/** Somebody else's text as a key can keep it, cut and with U+FFFD for what no database holds; empty for what is no text. */
export function keyText(value: unknown): string {
  return typeof value === 'string' ? storable(value.slice(0, MAX_KEY_TEXT)) : '';
}

type Check = (observation: Readonly<Record<string, unknown>>, at: Path, issues: Issue[]) => void;

const CHECKS: Readonly<Record<Observation['kind'], Check>> = {
  stock: ({ source, sku, location, asOf, measures }, at, issues) => {
    checkAll(checkIdentifier, { source, sku, location }, { at, issues });
    checkAll(checkInstant, { asOf }, { at, issues });
    const names: readonly string[] = MEASURES;
    if (!isRecord(measures)) issues.push({ path: [...at, 'measures'], message: `${shown(measures)} is no object of measures` });
    else for (const name in measures) if (!names.includes(name)) issues.push({ path: [...at, 'measures', name], message: `is no measure; there are ${names.join(', ')}` });
  },
  delta: ({ source, id, sku, location, at: moment, measure }, at, issues) => {
    checkAll(checkIdentifier, { source, id, sku, location }, { at, issues });
    checkAll(checkInstant, { at: moment }, { at, issues });
    const names: readonly unknown[] = MEASURES;
    if (!names.includes(measure)) issues.push({ path: [...at, 'measure'], message: `${shown(measure)} is none of ${names.join(', ')}` });
  },
  order: ({ channel, orderId, revision, placedAt, lines }, at, issues) => {
    checkAll(checkIdentifier, { channel, orderId }, { at, issues });
    checkAll(checkInstant, { revision, placedAt }, { at, issues });
    checkLines(lines, [...at, 'lines'], issues);
  },
  acknowledgement: ({ source, channel, orderId, revision, contained }, at, issues) => {
    checkAll(checkIdentifier, { source, channel, orderId }, { at, issues });
    checkAll(checkInstant, { revision }, { at, issues });
    checkLines(contained, [...at, 'contained'], issues);
  },
};

function isKind(kind: unknown): kind is Observation['kind'] {
  return typeof kind === 'string' && Object.hasOwn(CHECKS, kind);
}

function checkAll(check: (value: unknown, path: Path, issues: Issue[]) => void, values: Readonly<Record<string, unknown>>, { at, issues }: { readonly at: Path; readonly issues: Issue[] }): void {
  for (const name in values) check(values[name], [...at, name], issues);
}

function checkLines(lines: unknown, path: Path, issues: Issue[]): void {
  if (!Array.isArray(lines)) {
    issues.push({ path, message: `${shown(lines)} is no list of lines` });
    return;
  }
  lines.forEach((line: unknown, index) => {
    if (!isRecord(line)) issues.push({ path: [...path, index], message: `${shown(line)} is no line` });
    // Which sku the line names is for the catalogue: an odd one is a name that nobody can place.
    else if (typeof line['sku'] !== 'string') issues.push({ path: [...path, index, 'sku'], message: `must be a text, not ${shown(line['sku'])}` });
    else if (line['location'] !== undefined && line['location'] !== '') checkIdentifier(line['location'], [...path, index, 'location'], issues);
  });
}

function momentOf(observation: Observation): readonly [string, Instant] {
  switch (observation.kind) {
    case 'stock':
      return ['asOf', observation.asOf];
    case 'delta':
      return ['at', observation.at];
    case 'order':
    case 'acknowledgement':
      return ['revision', observation.revision];
  }
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : shown(value);
}
