import { describe, expect, it } from 'vitest';
import { ask, immediate, LATER, NOW, type Case } from '../../../test/sketch.ts';
import { addMs, type Instant } from '../../identity/instant.ts';
import { parsePolicy } from '../../policy/parse.ts';
import type { Lifecycle, StaleRule } from '../../policy/policy.ts';

const stock = { MUG: { at: { W1: 10, W2: 4 } } };
const on = (location: object, rest: Partial<Case> = {}): Case => ({ stock, policy: { locations: [{ id: 'W1', ...location }] }, ...rest });

describe('sourcing', () => {
  const locations = [
    { id: 'W1', region: 'eu', kind: 'warehouse', methods: ['ship'] }, { id: 'S1', region: 'eu', kind: 'shop', methods: ['ship', 'pickup'] },
    { id: 'W2', region: 'us', kind: 'warehouse', methods: ['ship'] }, { id: 'S2', region: 'us', kind: 'shop', methods: ['pickup'] },
  ];
  const drawn = (sourcing: object): readonly string[] | undefined => parsePolicy({ version: '1', locations, channels: [{ id: 'shop', sourcing }] }).channels[0]?.locations;

  it('finds a channel\'s locations by region, kind and method, in their order', () => {
    expect(drawn({ regions: ['eu'] })).toEqual(['W1', 'S1']);
    expect(drawn({ kinds: ['warehouse'] })).toEqual(['W1', 'W2']);
    expect(drawn({ methods: ['pickup'] })).toEqual(['S1', 'S2']);
    expect(drawn({ methods: ['ship'], regions: ['eu', 'us'], kinds: ['shop'] })).toEqual(['S1']);
  });

  it('is kept beside what it came to, so that a policy reads its own output', () => {
    const policy = parsePolicy({ version: '1', locations, channels: [{ id: 'shop', sourcing: { regions: ['eu'] } }] });
    expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });

  it.each<[string, object, string]>([
    ['no locations at all', {}, 'has no locations'],
    ['a sourcing that nothing fits', { sourcing: { regions: ['asia'] } }, 'no location of the policy fits the sourcing of channel shop'],
    ['a list that says something else', { sourcing: { regions: ['eu'] }, locations: ['W2'] }, 'lists W2, but its sourcing comes to W1, S1'],
  ])('refuses %s', (_, channel, message) => {
    expect(() => parsePolicy({ version: '1', locations, channels: [{ id: 'shop', ...channel }] })).toThrow(message);
  });

  it('refuses a location that is listed twice', () => {
    expect(() => parsePolicy({ version: '1', locations: [{ id: 'W1' }, { id: 'W1' }], channels: [{ id: 'shop', locations: ['W1'] }] })).toThrow('location W1 is listed twice');
  });
});

describe('a location', () => {
  it.each<[Lifecycle, number]>([['live', 14], ['onboarding', 4], ['closed', 4], [{ frozen: 'zero' }, 4], [{ frozen: 'keep' }, 14]])('that is %j leaves %i', (lifecycle, left) => {
    expect(immediate(on({ lifecycle }))).toBe(left);
  });

  it('that is closed counts as empty also where it owes', () => {
    expect(immediate(on({ lifecycle: 'closed' }, { stock: { MUG: { at: { W1: -3, W2: 4 } } } }))).toBe(4);
  });

  it('that does not sell is named', () => {
    expect(ask(on({ lifecycle: { frozen: 'zero' } })).limit).toMatchObject({ code: 'LOCATION', label: 'not sold during the stock-take' });
  });
});

describe('a silent source', () => {
  const heard = (minutesAgo: number | undefined) => ({ reads: { heardAt: () => (minutesAgo === undefined ? undefined : addMs(NOW, -minutesAgo * 60_000)) } });
  const after = (becomes: StaleRule['becomes'], minutesAgo: number | undefined, asOf: Instant = NOW): Case => on({ stale: { afterMinutes: 30, becomes } }, { ...heard(minutesAgo), asOf });

  it('is kept, buffered or emptied once it was silent for as long as its limit', () => {
    expect(immediate(after('zero', 29))).toBe(14);
    expect(immediate(after('zero', 30))).toBe(4);
    expect(immediate(after('zero', undefined))).toBe(4);
    expect(immediate(after('keep', 300))).toBe(14);
    expect(immediate(after({ extraBuffer: { percent: 25 } }, 30))).toBe(11);
    expect(immediate(after({ extraBuffer: { fixed: 99 } }, 30))).toBe(4);
  });

  it('says when it will be stale, and since when it is', () => {
    expect(ask(after('zero', 20))).toMatchObject({ immediate: 14, validUntil: LATER });
    expect(ask(after('zero', 20, LATER))).toMatchObject({ immediate: 4, validUntil: undefined, limit: { code: 'STALE', label: 'not sold while its source is silent since 2026-11-23T11:40:00.000Z' } });
  });

  it('must be told of', () => {
    expect(() => immediate(on({ stale: { afterMinutes: 30, becomes: 'zero' } }))).toThrow('depends on when its source last spoke');
  });
});
