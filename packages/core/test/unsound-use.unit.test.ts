import { describe, expect, it } from 'vitest';
import {
  acceptObservation, addMs, availableToPromise, convertHold, coveringLocations, createAvailability, createAvailabilityIndex, decideHold, defineRule, diffPolicies, earliestPromise, emptyBooks, extendHold, formatQuantity, giveUpExcess, headroom, instantFromMs, isLiveHold, isStockwrightError, lintPolicy, locationSupply, mergeHolds, orderFromEvents, parseCatalog, parseChannelId, parseDay, parseInstant, parseLocationId, parseObservation, parsePolicy, parseQuantity, parseSku,
  diffExplanations, explanationMarkdown, formatDifference, formatExplanation, planFulfilment, projectOnHand, proposeRepair, publicationRisk, releaseHold, remaindersAt, scaleQuantity, sealCheckpoint, settleHold, verifyLedger, whatIf, type BookObservation, type Catalog, type HoldRecord, type HoldRequest, type Instant, type Policy, type PolicyInput, type Position, type Quantity,
} from '../src/index.ts';

const NOW = parseInstant('2026-11-23T12:00:00Z');
const [SHOP, W1, MUG, SET] = [parseChannelId('shop'), parseLocationId('W1'), parseSku('MUG'), parseSku('SET')];
const who = { owner: 'o', reason: 'r' };
const catalog = parseCatalog([{ sku: 'MUG' }, { sku: 'SET', components: [{ sku: 'MUG', quantityPer: 2 }] }]);
const raw: PolicyInput = { version: '1', channels: [{ id: 'shop', locations: ['W1'] }] };
const policy = parsePolicy(raw);
const calculator = createAvailability({ policy, catalog });
const mugs: Position = { sku: MUG, scale: 0, locations: new Map([[W1, { onHand: 9, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }]]), unrouted: new Map(), holds: [] };
const positions = { position: (sku: string) => (sku === MUG ? mugs : undefined) };

const refused = (path: readonly (string | number)[], message = '') => expect.objectContaining({ code: 'INVALID_INPUT', issues: [{ path, message: expect.stringContaining(message) as string }] });

describe('what nobody has read yet', () => {
  it('is no policy and no catalogue, and the refusal says what reads them', () => {
    const unread = raw as unknown as Policy;
    const items = [{ sku: 'MUG' }] as unknown as Catalog;
    expect(() => createAvailability({ policy: unread, catalog })).toThrow(refused(['policy'], 'read it with parsePolicy first'));
    expect(() => createAvailability({ policy, catalog: items })).toThrow(refused(['catalog'], 'read it with parseCatalog first'));
    expect(() => createAvailabilityIndex({ policy, catalog: items, asOf: NOW })).toThrow(refused(['catalog'], 'read it with parseCatalog first'));
  });

  it('has no category that no rule could name', () => {
    for (const category of ['', ' mugs', 'x'.repeat(201)]) expect(() => parseCatalog([{ sku: 'MUG', category }])).toThrow(refused([0, 'category'], 'category'));
  });
});

describe('a reader that cannot tell what the rules need', () => {
  it.each<[string, object]>([
    ['velocity', { kind: 'safetyStock', withhold: { daysOfCover: 2 } }], ['promised', { kind: 'preorderLimit', limit: 3 }], ['consumed', { kind: 'drawCap', scope: { channel: 'shop' }, most: { quota: 3 } }],
  ])('is refused at its method %s', (method, rule) => {
    const ruled = createAvailability({ catalog, policy: parsePolicy({ ...raw, rules: [{ ...who, id: 'a', ...rule }] }) });
    expect(() => ruled.compute({ channel: SHOP, sku: MUG }, positions, { asOf: NOW })).toThrow(refused(['positions', method], `pass positions with a method ${method}.`));
  });

  it.each<[string, unknown]>([['is nothing', null], ['has no method', {}], ['has a method that is none', { position: 3 }]])('is refused where it %s, by all that read positions', (_, none) => {
    const reader = none as typeof positions;
    const [key, moment, missing] = [{ channel: SHOP, sku: MUG }, { asOf: NOW }, refused(['positions'], 'must be where positions come from')];
    for (const ask of [calculator.compute, calculator.explain] as const) expect(() => ask(key, reader, moment)).toThrow(missing);
    expect(() => headroom(calculator, key, { positions: reader, moment })).toThrow(refused(['positions']));
    expect(() => locationSupply(calculator, { ...key, location: W1 }, { positions: reader, moment })).toThrow(refused(['positions']));
    expect(() => publicationRisk({ policy, catalog }, [{ ...key, shown: 1 }], { positions: reader, asOf: NOW })).toThrow(missing);
    expect(() => decideHold(calculator, { id: 'c', channel: SHOP, lines: [{ sku: MUG, quantity: 1 }], expiresAt: addMs(NOW, 1), grant: 'all' }, { positions: reader, asOf: NOW })).toThrow(missing);
  });

  it('is refused at heardAt', () => {
    const stale = createAvailability({ catalog, policy: parsePolicy({ ...raw, locations: [{ id: 'W1', stale: { afterMinutes: 5, becomes: 'zero' } }] }) });
    expect(() => stale.compute({ channel: SHOP, sku: MUG }, positions, { asOf: NOW })).toThrow(refused(['positions', 'heardAt']));
  });
});

it('a rule of one\'s own that returns half a step is refused with its name', () => {
  const half = defineRule({ rule: 'acme.half', version: 1, stage: 'listing', label: 'half', laws: [], settings: { parse: () => ({}) }, apply: ({ quantity }) => Number(quantity) / 2 });
  const halved = createAvailability({ catalog, rules: [half], policy: parsePolicy({ ...raw, rules: [{ ...who, id: 'a', kind: 'custom', rule: 'acme.half', ruleVersion: 1, stage: 'listing' }] }) });
  expect(() => halved.compute({ channel: SHOP, sku: MUG }, positions, { asOf: NOW })).toThrow(refused(['rules', 'acme.half'], 'returned 4.5, which is not a whole count of steps'));
});

describe('a plan', () => {
  const world = { catalog, supply: () => 5 };

  it('takes what a location has once, however often the location is named', () => {
    for (const sku of [MUG, SET]) {
      const once = planFulfilment({ lines: [{ sku, quantity: 8 }], locations: [W1] }, world);
      expect(planFulfilment({ lines: [{ sku, quantity: 8 }], locations: [W1, W1, W1] }, world)).toEqual(once);
      expect(once.isComplete).toBe(false);
    }
  });

  it('names the line that it cannot read', () => {
    const plan = (sku: string, quantity: Quantity) => planFulfilment({ lines: [{ sku: MUG, quantity: 1 }, { sku: parseSku(sku), quantity }], locations: [W1] }, world);
    expect(() => plan('CUP', 1)).toThrow(refused(['lines', 1, 'sku'], 'no sku CUP'));
    for (const quantity of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => plan('MUG', quantity)).toThrow(refused(['lines', 1, 'quantity'], 'no whole count of steps'));
    expect(() => plan('MUG', 0)).toThrow(refused(['lines', 1, 'quantity'], 'ask for more than 0'));
  });
});

describe('a request for a hold', () => {
  const request: HoldRequest = { id: 'cart', channel: SHOP, expiresAt: addMs(NOW, 60_000), grant: 'part', lines: [{ sku: MUG, quantity: 2 }] };
  const decided = (part: Partial<HoldRequest>, ownHolds: Iterable<string> = []) => decideHold(calculator, { ...request, ...part }, { positions, asOf: NOW, ownHolds });

  it('is refused where a quantity or a limit is no count of steps greater than zero', () => {
    for (const multipleOf of [0, -2, 0.5, Number.NaN]) expect(() => decided({ lines: [{ sku: MUG, quantity: 2, limits: { multipleOf } }] })).toThrow(refused(['lines', 0, 'limits', 'multipleOf']));
    for (const quantity of [0.5, Number.NaN, -1]) expect(() => decided({ lines: [{ sku: MUG, quantity }] })).toThrow(refused(['lines', 0, 'quantity']));
    for (const name of ['least', 'most']) expect(() => decided({ lines: [{ sku: MUG, quantity: 2, limits: { [name]: -1 } }] })).toThrow(refused(['lines', 0, 'limits', name]));
    expect(decided({ lines: [{ sku: MUG, quantity: 5, limits: { multipleOf: 2, least: 2, most: undefined } }] }).lines[0]?.granted).toBe(4);
    expect(decided({ lines: [{ sku: MUG, quantity: 2, limits: { least: 0 } }] }).lines[0]?.granted).toBe(2);
  });

  it('is refused where its end would not compare, or one text stands for the holds of its own', () => {
    expect(() => decided({ expiresAt: '2026-11-23T12:01:00Z' as Instant })).toThrow(refused(['expiresAt'], 'read it with parseInstant'));
    expect(() => decided({}, 'cart-1')).toThrow(refused(['ownHolds']));
  });

  it('is refused without a word on what less than everything is worth', () => {
    for (const grant of [undefined, 'some'] as never[]) expect(() => decided({ grant })).toThrow(refused(['grant'], 'must be all or part'));
  });
});

describe('numbers that are none', () => {
  it('are refused as what others show, since they would hide a risk', () => {
    const risk = (shown: Quantity, unseen?: Quantity) => publicationRisk({ policy, catalog }, [{ channel: SHOP, sku: MUG, shown: 9 }, { channel: SHOP, sku: SET, shown, ...(unseen === undefined ? {} : { unseen }) }], { positions, asOf: NOW });
    expect(() => risk(-5)).toThrow(refused([1, 'shown']));
    expect(() => risk(1, Number.NaN)).toThrow(refused([1, 'unseen']));
    expect(risk(1)[0]?.oversell).toBe(2);
  });

  it('are refused where stock is divided, scaled, read or written', () => {
    expect(() => giveUpExcess(Number.NaN, [])).toThrow(refused(['supply']));
    expect(() => giveUpExcess(1, [{ id: 'a', quantity: 1.5, weight: 1 }])).toThrow(refused(['targets', 0, 'quantity']));
    for (const denominator of [0, -1, Number.NaN]) expect(() => scaleQuantity(3, 1, denominator, 'down')).toThrow(refused(['denominator']));
    expect(() => scaleQuantity(parseQuantity('9'.repeat(20)), 1, 0, 'down')).toThrow(refused(['denominator']));
    for (const scale of [-1, 0.5, 13, Number.NaN]) {
      expect(() => parseQuantity('1', { scale })).toThrow(refused(['scale']));
      expect(() => formatQuantity(1, scale)).toThrow(refused(['scale']));
    }
  });

  it('are refused as moments', () => {
    for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15, -62_167_219_200_001]) expect(() => instantFromMs(ms)).toThrow(refused([]));
    expect(() => addMs(parseInstant('9999-12-31T23:59:59.999Z'), 1)).toThrow(refused([]));
  });
});

describe('the books', () => {
  const count = parseObservation({ kind: 'count', source: 'wms', sku: 'MUG', location: 'W1', at: NOW, onHand: 3 });

  it('take in nothing of another sku, of no kind, and count in no step that is none', () => {
    expect(() => acceptObservation(emptyBooks(SET), count)).toThrow(refused(['sku'], 'speaks of MUG, and these are the books of SET'));
    expect(() => acceptObservation(emptyBooks(MUG), { ...count, kind: 'guess' } as unknown as BookObservation)).toThrow(refused(['kind'], 'no observation of kind "guess"'));
    for (const scale of [1.5, 13, -1]) expect(() => emptyBooks(MUG, scale)).toThrow(refused(['scale']));
  });

  it('are sealed at a version, over movements of more than nothing', () => {
    const moved = (quantity: Quantity, version = 1) => [{ version, quantity, from: { account: 'supplier', location: '', channel: '' }, to: { account: 'onHand', location: W1, channel: '' } } as const];
    for (const version of [Number.NaN, -1, 0.5]) expect(() => sealCheckpoint({ sku: MUG, version, movements: [] })).toThrow(refused(['version']));
    for (const quantity of [0, -3, 0.5]) expect(() => sealCheckpoint({ sku: MUG, version: 1, movements: moved(quantity) })).toThrow(refused(['movements', 0, 'quantity']));
    for (const version of [2, Number.NaN]) expect(() => sealCheckpoint({ sku: MUG, version: 1, movements: moved(1, version) })).toThrow(refused(['movements', 0, 'version']));
  });
});

it('a hold is not extended to what is no instant, and no policy is looked at as of one', () => {
  const hold: HoldRecord = { id: 'h', channel: SHOP, expiresAt: addMs(NOW, 1), state: 'held', orderId: '', lines: [] };
  expect(() => extendHold(hold, { until: 'zzz' as Instant, asOf: NOW })).toThrow(refused(['until']));
  expect(() => lintPolicy(policy, '2026-11-23' as Instant)).toThrow(refused(['asOf']));
});

describe('a moment in another form, which would not compare', () => {
  const sound: HoldRecord = { id: 'h', channel: SHOP, expiresAt: addMs(NOW, 1), state: 'held', orderId: '', lines: [{ sku: MUG, location: W1, quantity: 1 }] };
  const others = ['2026-11-23T13:00:00+01:00', '2026-11-23T12:00:00Z', 'zzz', '', 5, null, undefined] as unknown as Instant[];

  it.each(others)('is refused as the end of a hold and as the moment that is asked about: %s', (other) => {
    const unsound = { ...sound, expiresAt: other };
    const world = { calculator, positions, asOf: NOW };
    const lines = [{ sku: MUG, quantity: 1 }];
    expect(() => isLiveHold(unsound, NOW)).toThrow(refused(['expiresAt']));
    expect(() => isLiveHold(sound, other)).toThrow(refused(['asOf']));
    expect(() => convertHold(unsound, { orderId: '#1', asOf: NOW })).toThrow(refused(['expiresAt']));
    expect(() => convertHold(sound, { orderId: '#1', asOf: other })).toThrow(refused(['asOf']));
    expect(() => extendHold(unsound, { until: addMs(NOW, 1), asOf: NOW })).toThrow(refused(['expiresAt']));
    expect(() => settleHold(unsound, { orderId: '#1', lines }, world)).toThrow(refused(['expiresAt']));
    expect(() => settleHold(sound, { orderId: '#1', lines }, { ...world, asOf: other })).toThrow(refused(['asOf']));
    expect(() => mergeHolds(sound, unsound)).toThrow(refused(['expiresAt']));
    const held = { ...mugs, holds: [{ id: 'h', channel: SHOP, location: W1, quantity: 1, expiresAt: other }] };
    expect(() => remaindersAt(held, W1, NOW)).toThrow(refused(['holds', 0, 'expiresAt']));
    expect(() => remaindersAt(mugs, W1, other)).toThrow(refused(['asOf']));
    expect(() => publicationRisk({ policy, catalog }, [], { positions, asOf: other })).toThrow(refused(['asOf']));
    expect(() => publicationRisk({ policy, catalog }, [{ channel: SHOP, sku: MUG, shown: 1 }], { positions: { position: () => held }, asOf: NOW })).toThrow(refused(['positions', 'position', 'MUG', 'holds', 0, 'expiresAt']));
  });
});

it('the supply of a location for a channel that is not there is refused with a path', () => {
  expect(() => locationSupply(calculator, { channel: parseChannelId('kiosk'), sku: MUG, location: W1 }, { positions, moment: { asOf: NOW } })).toThrow(refused(['channel'], 'lists no channel kiosk; it lists shop'));
});

describe('an argument that is none', () => {
  const none = null as never;
  const empty = {} as never;
  const line = { sku: MUG, quantity: 1 };
  const world = { positions, asOf: NOW };
  const request: HoldRequest = { id: 'cart', channel: SHOP, expiresAt: addMs(NOW, 1), grant: 'all', lines: [line] };
  const question = { from: parseDay('2026-11-23'), days: 1, opening: 1, supply: [], demand: [] };
  const history = { channel: SHOP, orderId: '#1', lines: [{ id: '1', sku: MUG }], events: [] };

  it.each<[string, () => unknown, readonly (string | number)[]]>([
    ['keys of null', () => calculator.computeMany(none, positions, { asOf: NOW }), ['keys']],
    ['a plan for nothing', () => planFulfilment(none, { catalog, supply: () => 1 }), []],
    ['a plan over nothing', () => planFulfilment({ lines: [line], locations: [W1] }, none), []],
    ['a plan without lines', () => planFulfilment(empty, { catalog, supply: () => 1 }), ['lines']],
    ['a plan at a text', () => planFulfilment({ lines: [line], locations: 'W1' as never }, { catalog, supply: () => 1 }), ['locations']],
    ['a plan in an order that is none', () => planFulfilment({ lines: [line], locations: [W1], order: 'highestsupply' as never }, { catalog, supply: () => 1 }), ['order']],
    ...[Number.NaN, '3', 0.5, null].map((supply): [string, () => unknown, readonly (string | number)[]] => [`a supply of ${String(supply)}`, () => planFulfilment({ lines: [line], locations: [W1] }, { catalog, supply: () => supply as never }), ['supply', 'MUG', 'W1']]),
    ['locations that cover nothing', () => coveringLocations(none, { catalog, supply: () => 1 }), []],
    ['days without supply', () => availableToPromise({ ...question, supply: undefined as never }, 'lookAhead'), ['supply']],
    ['days without demand', () => availableToPromise({ ...question, demand: undefined as never }, 'lookAhead'), ['demand']],
    ['days of half a step', () => projectOnHand({ ...question, opening: 0.5 }), ['opening']],
    ['days by a method that is none', () => availableToPromise(question, 'lookahead' as never), ['method']],
    ['half a step for the first day', () => earliestPromise(question, Number.NaN), ['quantity']],
    ['a movement of null', () => verifyLedger([none], new Map()), ['movements', 0]],
    ['a movement without accounts', () => verifyLedger([{ quantity: 1 } as never], new Map()), ['movements', 0, 'from']],
    ['balances in an object', () => verifyLedger([], empty), ['kept']],
    ['half a step in a balance', () => verifyLedger([], new Map([['onHand', 0.5]])), ['kept', 'onHand']],
    ['a repair of nothing', () => proposeRepair(empty), ['movements']],
    ['a repair without what is kept', () => proposeRepair({ movements: [], kept: none }), ['kept']],
    ['a history of nothing', () => orderFromEvents(empty), ['channel']],
    ['an event of no kind', () => orderFromEvents({ ...history, events: [{ id: 'a', line: '1', at: NOW, kind: 'sold' as never, quantity: '1' as never }] }), ['events', 0, 'kind']],
    ['an event at another form of a moment', () => orderFromEvents({ ...history, events: [{ id: 'a', line: '1', at: '2026-11-23T13:00:00+01:00' as Instant, kind: 'ordered', quantity: '1' as never }] }), ['events', 0, 'at']],
    ['the policy before', () => diffPolicies(none, policy), ['before']],
    ['the policy after', () => diffPolicies(policy, empty), ['after', 'locations']],
    ['a policy to lint that is none', () => lintPolicy(none, NOW), ['policy']],
    ['a policy to lint without channels', () => lintPolicy(empty, NOW), ['policy', 'locations']],
    ['a policy to lint that nobody read', () => lintPolicy({ ...policy, channels: [{ id: SHOP }] } as never, NOW), ['policy', 'channels', 0, 'locations']],
    ['a catalogue to lint by that is none', () => lintPolicy(policy, NOW, empty), ['catalog']],
    ['an explanation before that is none', () => diffExplanations(empty, empty), ['before', 'key']],
    ['an explanation after that is none', () => diffExplanations(calculator.explain({ channel: SHOP, sku: MUG }, positions, { asOf: NOW }), none), ['after']],
    ['an explanation that JSON kept', () => formatExplanation(JSON.parse(JSON.stringify(calculator.explain({ channel: SHOP, sku: MUG }, positions, { asOf: NOW }))) as never), ['availability', 'parts']],
    ['an explanation of nothing', () => formatExplanation(empty), ['key']],
    ['an explanation of nothing as Markdown', () => explanationMarkdown(none), []],
    ['a difference of nothing', () => formatDifference(empty), ['key']],
    ['a past of nothing', () => whatIf({ catalog, before: policy, after: policy }, none), ['history']],
    ['a moment of null', () => whatIf({ catalog, before: policy, after: policy }, [none]), ['history', 0]],
    ['keys of a text', () => whatIf({ catalog, before: policy, after: policy }, [{ asOf: NOW, positions, keys: 'MUG' as never }]), ['history', 0, 'keys']],
    ['policies of nobody', () => whatIf(none, []), []],
    ['a policy that nobody has read', () => whatIf({ catalog, before: policy, after: {} as Policy }, []), ['after', 'locations']],
    ['a list of so many changes', () => whatIf({ catalog, before: policy, after: policy, limit: 'all' as never }, []), ['limit']],
    ['a later moment of no instant', () => whatIf({ catalog, before: policy, after: policy }, [{ asOf: NOW, positions }, { asOf: 'now' as Instant, positions }]), ['history', 1, 'asOf']],
    ['a later moment of no channel', () => whatIf({ catalog, before: policy, after: policy }, [{ asOf: NOW, positions }, { asOf: NOW, positions, keys: [{ channel: 'kiosk', sku: 'MUG' }] as never }]), ['history', 1, 'channel']],
    ['a number that is shown twice', () => publicationRisk({ policy, catalog }, [{ channel: SHOP, sku: MUG, shown: 1 }, { channel: SHOP, sku: MUG, shown: 1 }], world), [1]],
    ['numbers that nobody shows', () => publicationRisk({ policy, catalog }, none, world), ['published']],
    ['a number of null', () => publicationRisk({ policy, catalog }, [none], world), [0]],
    ['targets of null', () => giveUpExcess(1, none), ['targets']],
    ['a hold of null', () => convertHold(none, { orderId: '#1', asOf: NOW }), []],
    ['a hold that was sold', () => releaseHold({ state: 'sold', lines: [], expiresAt: NOW } as never), ['state']],
    ['a request of null', () => decideHold(calculator, none, world), []],
    ['a calculator that is none', () => decideHold(empty, request, world), ['calculator']],
    ['a request that grants some', () => decideHold(calculator, { ...request, grant: 'some' as never }, world), ['grant']],
    ['a request without lines', () => decideHold(calculator, { ...request, lines: none }, world), ['lines']],
    ['a line of null', () => decideHold(calculator, { ...request, lines: [none] }, world), ['lines', 0]],
    ['a line with another promise', () => decideHold(calculator, { ...request, lines: [{ ...line, promise: 'soon' as never }] }, world), ['lines', 0, 'promise']],
    ['a world without a moment', () => decideHold(calculator, request, { positions } as never), ['asOf']],
  ])('is refused with its place: %s', (_, use, path) => {
    expect(use).toThrow(refused(path));
  });

  it('is refused with all places where everything is missing', () => {
    const places = (use: () => unknown): readonly string[] => {
      try {
        use();
      } catch (error) {
        if (isStockwrightError(error)) return error.issues.map(({ path }) => path.join('.'));
      }
      return [];
    };
    expect(places(() => decideHold(empty, undefined as never, undefined as never))).toEqual(['calculator', 'positions', 'asOf', '']);
    expect(places(() => decideHold(calculator, empty, world))).toEqual(['id', 'channel', 'expiresAt', 'grant', 'lines']);
  });
});
