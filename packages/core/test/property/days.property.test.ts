import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  availableToPromise, boundsOfDay, datedSupply, dayOf, instantFromMs, instantToMs, parseDay, parseInstant, parsePromiseQuestion,
  type Day, type ExpectedSupply, type Instant, type LocationId, type PromiseQuestion, type SourceId,
} from '../../src/index.ts';

/** Where clocks change by an hour, by half of one, at midnight, over the line of dates, or never. */
const ZONES = ['UTC', 'Etc/UTC', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Beirut', 'Asia/Kathmandu', 'Pacific/Apia', 'Pacific/Kwajalein', 'Africa/Cairo', 'America/Havana'] as const;
const zones = fc.constantFrom(...ZONES);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const between = (from: string, until: string): fc.Arbitrary<Instant> => fc.integer({ min: Date.parse(from), max: Date.parse(until) }).map(instantFromMs);
/** Anywhere, near midnights in some zones, and around days that a zone left out or had twice. */
const moments = fc.oneof(
  between('1960-01-01T00:00:00Z', '2040-01-01T00:00:00Z'),
  fc.tuple(between('2000-01-01T00:00:00Z', '2030-01-01T00:00:00Z'), fc.integer({ min: -2, max: 2 })).map(([at, off]) => instantFromMs(Math.round(instantToMs(at) / 900_000) * 900_000 + off)),
  between('2011-12-29T00:00:00Z', '2012-01-01T00:00:00Z'), between('1969-09-29T00:00:00Z', '1969-10-03T00:00:00Z'), between('1993-08-20T00:00:00Z', '1993-08-24T00:00:00Z'), between('2010-11-06T00:00:00Z', '2010-11-09T00:00:00Z'),
);
const dayAfter = (day: Day): Day => dayOf(instantFromMs(Date.parse(day) + DAY));
const hoursOf = (day: string, zone: string): number => {
  const { from, until } = boundsOfDay(parseDay(day), zone);
  return (instantToMs(until) - instantToMs(from)) / HOUR;
};

describe('the days of a zone', () => {
  it('have every moment in exactly one, in order, without a gap', () => {
    fc.assert(fc.property(moments, zones, (instant, zone) => {
      const day = dayOf(instant, zone);
      const { from, until } = boundsOfDay(day, zone);
      expect([from <= instant, instant < until]).toEqual([true, true]);
      expect(boundsOfDay(dayAfter(day), zone).from).toBe(until);
      expect(dayOf(instantFromMs(instantToMs(from) - 1), zone) < day).toBe(true);
      expect([dayOf(from, zone), dayOf(until, zone) > day]).toEqual([day, true]);
    }), { numRuns: 3000 });
  });

  it('are those of UTC where nothing else is said', () => {
    fc.assert(fc.property(moments, (instant) => {
      expect([dayOf(instant), dayOf(instant, 'UTC'), dayOf(instant, 'Etc/UTC')]).toEqual([instant.slice(0, 10), instant.slice(0, 10), instant.slice(0, 10)]);
      expect(boundsOfDay(dayOf(instant))).toEqual({ from: `${instant.slice(0, 10)}T00:00:00.000Z`, until: boundsOfDay(dayOf(instant), 'UTC').until });
    }));
  });

  it('have 23 and 25 hours where clocks change, also by half an hour or at midnight, and none where a place left one out', () => {
    expect([hoursOf('2026-03-29', 'Europe/Berlin'), hoursOf('2026-10-25', 'Europe/Berlin'), hoursOf('2026-11-23', 'Europe/Berlin')]).toEqual([23, 25, 24]);
    expect([hoursOf('2026-04-05', 'Australia/Lord_Howe'), hoursOf('2018-11-04', 'America/Sao_Paulo'), hoursOf('2011-12-30', 'Pacific/Apia'), hoursOf('2026-03-29', 'UTC')]).toEqual([24.5, 23, 0, 24]);
    expect(boundsOfDay(parseDay('2018-11-04'), 'America/Sao_Paulo').from).toBe('2018-11-04T03:00:00.000Z');
    // Clocks went from 00:01 back to 23:01 of the day before: its last hour came again after midnight.
    expect(dayOf(parseInstant('2010-11-07T02:45:00Z'), 'America/St_Johns')).toBe('2010-11-07');
  });

  it('end where years cannot be written any more', () => {
    const refused = (path: readonly string[]) => expect.objectContaining({ code: 'INVALID_INPUT', issues: [expect.objectContaining({ path })] });
    expect(dayOf('9999-12-31T23:59:59.999Z' as Instant, 'America/New_York')).toBe('9999-12-31');
    expect(dayOf('0000-01-01T12:00:00.000Z' as Instant, 'Europe/Berlin')).toBe('0000-01-01');
    expect(() => dayOf('9999-12-31T23:59:59.999Z' as Instant, 'Asia/Tokyo')).toThrow(refused([]));
    expect(() => boundsOfDay('9999-12-31' as Day)).toThrow(refused(['day']));
    for (const zone of ['Europe/Berlinn', '', '+01:00', null, 3] as string[]) {
      expect(() => dayOf('2026-11-23T00:00:00.000Z' as Instant, zone)).toThrow(refused(['zone']));
      expect(() => boundsOfDay('2026-11-23' as Day, zone)).toThrow(refused(['zone']));
      expect(() => datedSupply([], { zone })).toThrow(refused(['zone']));
    }
    expect(() => boundsOfDay('2026-02-30' as Day)).toThrow(refused(['day']));
  });
});

describe('a promise by day', () => {
  const expected = fc.record({ expectedAt: fc.option(moments, { nil: undefined }), quantity: fc.nat(9) }).map((drawn): ExpectedSupply => ({ source: 'erp' as SourceId, reference: 'PO', location: 'W1' as LocationId, ...drawn }));
  const lines = fc.array(expected, { maxLength: 8 });

  it('counts each supply on the day that has its moment, and as before where the zone is UTC', () => {
    fc.assert(fc.property(lines, zones, (supply, zone) => {
      const dated = supply.filter(({ expectedAt }) => expectedAt !== undefined);
      expect(datedSupply(supply, { zone })).toEqual(dated.map(({ expectedAt, quantity }) => ({ day: dayOf(expectedAt as Instant, zone), quantity })));
      expect(datedSupply(supply, { zone: 'UTC' })).toEqual(datedSupply(supply));
    }));
  });

  it('asked in moments of a zone is the same asked in its days', () => {
    fc.assert(fc.property(moments, zones, fc.array(fc.tuple(fc.integer({ min: -5 * 24, max: 9 * 24 }), fc.nat(9)), { maxLength: 6 }), fc.constantFrom('ignore', 'count'), (asOf, zone, hours, overdue) => {
      const at = (hour: number): Instant => instantFromMs(instantToMs(asOf) + hour * HOUR);
      const rest = { days: 8, opening: 3, overdue };
      const told = parsePromiseQuestion({ ...rest, asOf, zone, supply: hours.map(([hour, quantity]) => ({ at: at(hour), quantity })), demand: [{ at: at(30), quantity: 2 }] });
      const named: PromiseQuestion = parsePromiseQuestion({ ...rest, from: dayOf(asOf, zone), supply: hours.map(([hour, quantity]) => ({ day: dayOf(at(hour), zone), quantity })), demand: [{ day: dayOf(at(30), zone), quantity: 2 }] });
      expect(told).toEqual(named);
      expect(availableToPromise(told, 'lookAhead')).toEqual(availableToPromise(named, 'lookAhead'));
    }));
  });

  it('has the long day of Berlin in one, and what was due the evening before it overdue', () => {
    const question = (asOf: string, overdue?: string) => ({ asOf, zone: 'Europe/Berlin', days: 2, opening: 1, overdue, supply: [{ at: '2026-10-24T21:59:59Z', quantity: 10 }, { at: '2026-10-25T22:59:59+00:00', quantity: 100 }] });
    const promised = (...asked: Parameters<typeof question>) => availableToPromise(parsePromiseQuestion(question(...asked)), 'lookAhead').map(({ day, quantity }) => [day, quantity]);
    expect(promised('2026-10-24T22:00:00Z')).toEqual([['2026-10-25', 101], ['2026-10-26', 101]]);
    expect(promised('2026-10-25T22:59:59Z', 'count')).toEqual([['2026-10-25', 111], ['2026-10-26', 111]]);
    expect(promised('2026-10-24T21:59:00Z')).toEqual([['2026-10-24', 11], ['2026-10-25', 111]]);
    expect(promised('2026-10-25T23:00:00Z')).toEqual([['2026-10-26', 1], ['2026-10-27', 1]]);
  });

  it.each<[object, readonly (string | number)[]]>([
    [{ zone: 'Mars/Olympus' }, ['zone']], [{ zone: '+02:00' }, ['zone']], [{ from: undefined }, ['from']], [{ asOf: '2026-11-23T00:00:00Z' }, ['from']], [{ from: undefined, asOf: '2026-11-23T00:00:00' }, ['asOf']],
    [{ supply: [{ quantity: 1 }] }, ['supply', 0, 'day']], [{ demand: [{ at: 'soon', quantity: 1 }] }, ['demand', 0, 'at']], [{ supply: [{ at: '2026-11-23T00:00:00Z', day: '2026-11-23', quantity: 1 }] }, ['supply', 0, 'day']],
    [{ zone: 'Asia/Tokyo', supply: [{ at: '9999-12-31T23:00:00Z', quantity: 1 }] }, ['supply', 0, 'at']],
  ])('is refused with a path where it says %j', (rest, path) => {
    expect(() => parsePromiseQuestion({ from: '2026-11-23', days: 2, opening: 1, ...rest })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', issues: [expect.objectContaining({ path })] }));
  });

  it('is refused with a path where its own form is broken', () => {
    const question: PromiseQuestion = { from: parseDay('2026-11-23'), days: 2, opening: 1, supply: [], demand: [] };
    const broken: readonly (readonly [Partial<PromiseQuestion>, readonly (string | number)[]])[] = [
      [{ from: '2026-02-30' as Day }, ['from']], [{ days: 0.5 }, ['days']], [{ from: parseDay('9999-12-31') }, ['days']],
      [{ supply: [{ day: '2026-11-5' as Day, quantity: 1 }] }, ['supply', 0, 'day']], [{ demand: [{ day: question.from, quantity: -1 }] }, ['demand', 0, 'quantity']],
    ];
    for (const [part, path] of broken) expect(() => availableToPromise({ ...question, ...part }, 'discrete')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', issues: [expect.objectContaining({ path })] }));
  });
});
