import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, addQuantities, createAvailability, diffExplanations, formatDifference, formatQuantity, parseQuantity, parseCatalog, parsePolicy, subtractQuantities,
  type AvailabilityKey, type Catalog, type Cause, type Explanation, type ExplanationDifference, type Instant, type LocationId, type Policy, type Position, type QuantityText, type Sku, type TraceStep,
} from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

type World = ReadonlyMap<Sku, Position>;
interface Scene { readonly catalog: Catalog; readonly policy: Policy; readonly world: World; readonly minute: number }

const scenes: fc.Arbitrary<Scene> = fc.record({ catalog: catalogs(), policy: policies(), world: worlds(), minute: fc.integer({ min: -15, max: 15 }) });
/** Two moments of which each part is the same as often as not, so that one thing differs in some and everything in others. */
const pairs = fc.tuple(scenes, scenes, fc.record({ catalog: fc.boolean(), policy: fc.boolean(), world: fc.boolean(), minute: fc.boolean() }))
  .map(([one, other, same]) => [one, { catalog: same.catalog ? one.catalog : other.catalog, policy: same.policy ? one.policy : other.policy, world: same.world ? one.world : other.world, minute: same.minute ? one.minute : other.minute }] as const);

const keysOf = ({ catalog, policy }: Pick<Scene, 'catalog' | 'policy'>): readonly AvailabilityKey[] => [...catalog.items.keys()].flatMap((sku) => policy.channels.map(({ id }) => ({ channel: id, sku })));
const at = (minute: number): Instant => addMs(NOON, minute * 60_000);
const explained = ({ catalog, policy, world, minute }: Scene, key: AvailabilityKey): Explanation => createAvailability({ catalog, policy }).explain(key, readerOf(world), { asOf: at(minute) });
const fits = ({ policy }: Scene, { channel }: AvailabilityKey): boolean => policy.channels.some(({ id }) => id === channel);

const answerOf = ({ availability: { immediate, parts, backorder, preorder } }: Explanation): unknown => [immediate, [...parts], backorder, preorder];
const sum = (texts: readonly QuantityText[], scale: number): QuantityText => formatQuantity(texts.reduce((all, text) => addQuantities(all, parseQuantity(text, { scale })), parseQuantity(0)), scale);
const figure = ({ value, scale = 0 }: TraceStep): QuantityText => formatQuantity(parseQuantity(value), scale);

/** What a step is set to, as a cause would say it. */
function settingOf({ steps }: Explanation, step: TraceStep): string | undefined {
  const [first] = step.args;
  const [text, denominator] = step.args.filter((arg) => typeof arg !== 'number');
  if (step.operation === 'floorDivide' && text !== undefined && denominator !== undefined) return `${formatQuantity(parseQuantity(text), (typeof first === 'number' ? steps[first]?.scale : undefined) ?? 0)}/${denominator}`;
  const scale = step.operation === 'floorDivide' || step.operation === 'multipleDown' ? (typeof first === 'number' ? steps[first]?.scale : undefined) ?? 0 : 0;
  return text === undefined || scale === 0 ? text : formatQuantity(parseQuantity(text), scale);
}

/** That a cause tells of a step that was taken, and what it came to or was set to. */
function expectNamed(cause: Cause, [before, after]: readonly [Explanation, Explanation]): void {
  if (cause.label === 'serves the channel') {
    expect([before, after].map(({ locations }) => locations.includes(cause.location as LocationId))).toEqual(cause.kind === 'added' ? [false, true] : [true, false]);
    return;
  }
  if (cause.measure === 'setting') {
    expect([before, after].map(({ settings }) => String(settings[cause.label as keyof typeof settings]))).toEqual([cause.before, cause.after]);
    return;
  }
  if (cause.label === 'decimal digits' || cause.label === 'backorders without limit') return;
  const says = (explanation: Explanation, label: string, told: string | undefined): boolean => explanation.steps.some((step) =>
    step.label === label && (cause.labelBefore !== undefined || (step.stage === cause.stage && step.sku === cause.sku && step.location === cause.location))
    && (cause.measure === 'units' ? figure(step) : settingOf(explanation, step)) === told);
  if (cause.kind === 'added') expect(cause.before).toBeUndefined();
  else expect([cause, says(before, cause.labelBefore ?? cause.label, cause.before)]).toEqual([cause, true]);
  if (cause.kind === 'removed') expect(cause.after).toBeUndefined();
  else expect([cause, says(after, cause.label, cause.after)]).toEqual([cause, true]);
  if (cause.rule !== undefined) expect([...before.steps, ...after.steps].some(({ rule }) => rule?.id === cause.rule && rule?.owner === cause.owner && rule?.reason === cause.reason)).toBe(true);
}

const SKUS = ['A', 'B', 'C'] as string[] as Sku[];
const LOCATIONS = ['W1', 'W2', 'W3'] as string[] as LocationId[];

function withOnHand(world: World, { sku, location, change }: { readonly sku: Sku; readonly location: LocationId; readonly change: (units: number) => number }): World {
  const position = world.get(sku);
  const stock = position?.locations.get(location);
  if (position === undefined || stock === undefined) return world;
  return new Map([...world, [sku, { ...position, locations: new Map([...position.locations, [location, { ...stock, onHand: change(Number(stock.onHand)) }]]) }]]);
}

/** A scene in which one thing is another, and how a cause names that. */
interface Planted { readonly before?: Scene; readonly scene: Scene; readonly isCause: (cause: Cause, before: Explanation) => boolean; readonly concerns?: (channel: string) => boolean; readonly alone?: boolean }
const PLANTED: readonly (readonly [string, (scene: Scene, pick: number) => Planted | undefined])[] = [
  ['a rule that is gone', (scene, pick) => {
    // A priority has no step of its own: it shows in what is kept for others. That another channel's preorders may wait shows in those, and in what is owed in the end.
    const rules = scene.policy.rules.filter(({ id, kind }) => kind !== 'priority' && !scene.policy.overlays.some(({ suspends }) => suspends.includes(id)));
    const gone = rules[pick % Math.max(1, rules.length)];
    if (gone === undefined) return undefined;
    return { scene: { ...scene, policy: parsePolicy({ ...scene.policy, rules: scene.policy.rules.filter((rule) => rule !== gone) }) }, isCause: ({ rule, ruleBefore, otherRules = [], label }, { steps }) => rule === gone.id || ruleBefore === gone.id || otherRules.some((other) => other.rule === gone.id)
      // Of a rule that kept others from applying and did nothing itself no step is taken; what applies now is named.
      || (rule !== undefined && !steps.some((step) => step.rule?.id === gone.id)) || (gone.kind === 'preorderLimit' && /that wait for incoming stock|what is owed (is )?served/.test(label)) };
  }],
  ['a percentage of safety stock', (scene, pick) => {
    const other = (percent: number): Scene => ({ ...scene, policy: parsePolicy({ ...scene.policy, rules: [...scene.policy.rules.filter(({ kind }) => kind !== 'safetyStock'), { id: 'most', owner: 'o', reason: 'r', kind: 'safetyStock', withhold: { percent } }], overlays: [] }) });
    return { before: other(pick % 50), scene: other(50 + (pick % 51)), isCause: ({ rule, measure, before, after }) => rule === 'most' && measure === 'percent' && before === String(pick % 50) && after === String(50 + (pick % 51)) };
  }],
  ['a location that closed', (scene, pick) => {
    const location = LOCATIONS[pick % LOCATIONS.length] as LocationId;
    const others = scene.policy.locations.filter(({ id }) => id !== location);
    return { before: { ...scene, policy: parsePolicy({ ...scene.policy, locations: others }) }, scene: { ...scene, policy: parsePolicy({ ...scene.policy, locations: [...others, { id: location, lifecycle: 'closed' }] }) }, isCause: (cause) => cause.location === location && cause.label === 'not sold since the location is closed' };
  }],
  // What another channel lost shows here only in what is asked of the locations that both had.
  ['a location that a channel lost', (scene, pick) => {
    const channels = scene.policy.channels.map((channel) => (channel.locations.length > 1 ? { ...channel, locations: channel.locations.filter((_location, index) => index !== pick % channel.locations.length) } : channel));
    const lost = scene.policy.channels.flatMap(({ locations }, index) => locations.filter((location) => channels[index]?.locations.includes(location) !== true));
    return {
      scene: { ...scene, policy: parsePolicy({ ...scene.policy, channels }) },
      concerns: (channel) => scene.policy.channels.some(({ id, locations }, index) => id === channel && locations.length !== channels[index]?.locations.length),
      isCause: ({ location, label }) => label === 'serves the channel' && lost.some((one) => location === one),
    };
  }],
  ['a recipe', (scene, pick) => {
    const sku = SKUS[pick % SKUS.length] as Sku;
    const recipe = (quantityPer: number): Catalog => parseCatalog([...SKUS.map((of) => ({ sku: of, scale: scene.catalog.items.get(of)?.scale ?? 0, category: of === 'A' ? 'mugs' : 'plates' })), ...['SET', 'BOX'].map((kit) => ({ sku: kit, category: 'sets', components: [{ sku, quantityPer }] })), { sku: 'FREE', tracked: false }]);
    return { before: { ...scene, catalog: recipe(1 + (pick % 3)) }, scene: { ...scene, catalog: recipe(4) }, isCause: (cause) => /preorder/.test(cause.label) || (cause.measure === 'perKit' && cause.sku === sku && cause.before === String(1 + (pick % 3)) && cause.after === '4') };
  }],
  ...(['clamp', 'kits'] as const).map((id) => [`the setting ${id}`, (scene: Scene) => {
    const [was, is] = id === 'clamp' ? ['total', 'perLocation'] : ['pooled', 'perLocation'];
    const set = (value: string | undefined): Scene => ({ ...scene, policy: parsePolicy({ ...scene.policy, [id]: value }) });
    return { before: set(was), scene: set(is), alone: true, isCause: ({ kind, label, measure, before, after }: Cause) => kind === 'changed' && label === id && measure === 'setting' && before === was && after === is };
  }] as const),
  ['a sku that stock limits now', (scene, pick) => {
    const [sku, channel] = [SKUS[pick % SKUS.length] as Sku, scene.policy.channels[0]];
    const item = scene.catalog.items.get(sku);
    if (item === undefined || channel === undefined) return undefined;
    const rules = scene.policy.rules.filter(({ kind }) => kind === 'cap' || kind === 'pin');
    const capped = { ...scene, policy: parsePolicy({ ...scene.policy, overlays: [], rules: [...rules, { id: 'capped', owner: 'o', reason: 'r', kind: 'cap', most: 9 }] }) };
    const unlimited = { ...capped, catalog: { ...capped.catalog, items: new Map([...capped.catalog.items].map(([of, one]) => [of, { ...one, tracked: of !== sku && one.tracked }])) } };
    return { before: unlimited, scene: capped, alone: true, isCause: ({ label, measure, before, after }) => label === 'tracked' && measure === 'setting' && before === 'false' && after === 'true' };
  }],
  ['a hold that was released', (scene, pick) => {
    const held = [...scene.world.values()].filter(({ holds }) => holds.length > 0);
    const position = held[pick % Math.max(1, held.length)];
    const gone = position?.holds[0];
    if (position === undefined || gone === undefined) return undefined;
    return { scene: { ...scene, world: new Map([...scene.world, [position.sku, { ...position, holds: position.holds.slice(1) }]]) }, isCause: ({ label, labelBefore = '' }) => /held|demand|preorder/.test(`${label} ${labelBefore}`) };
  }],
  ['what time did: a window, the end of a hold, a source that fell silent', (scene, pick) => ({
    scene: { ...scene, minute: scene.minute + 1 + (pick % 20) }, isCause: ({ rule, ruleBefore, otherRules, label, labelBefore = '' }) => (rule ?? ruleBefore ?? otherRules) !== undefined || /held|demand|preorder|owed is served|owed served|silent|silence|buffer/.test(`${label} ${labelBefore}`),
  })],
];

describe('diffExplanations', () => {
  it('names a cause wherever an answer differs, and what all of them did adds up to the difference', () => {
    const met = { different: 0, several: 0 };
    fc.assert(fc.property(pairs, ([one, other]) => {
      for (const key of keysOf(one)) {
        if (!fits(other, key)) continue;
        const [before, after] = [explained(one, key), explained(other, key)];
        const difference: ExplanationDifference = diffExplanations(before, after);
        const { causes } = difference;
        const differs = JSON.stringify(answerOf(before)) !== JSON.stringify(answerOf(after));
        if (differs) expect(causes).not.toEqual([]);
        for (const cause of causes) expectNamed(cause, [before, after]);
        expect(formatDifference(difference)).not.toContain('undefined');
        met.different += Number(differs);
        met.several += Number(causes.length > 1);
        if (difference.scale.before !== difference.scale.after || causes[0]?.label === 'decimal digits') continue;
        for (const part of ['immediate', 'backorder', 'preorder'] as const) {
          const [was, is] = [before.availability[part], after.availability[part]];
          if (was === undefined || is === undefined || was === 'unlimited' || is === 'unlimited') continue;
          const effects = causes.map(({ effect }) => effect[part] ?? ('0' as QuantityText));
          expect([key, causes, sum(effects, after.scale)]).toEqual([key, causes, formatQuantity(subtractQuantities(is, was), after.scale)]);
        }
      }
    }), { numRuns: 200 });
    expect(Math.min(met.different, met.several)).toBeGreaterThan(500);
  });

  it('says of each change of stock what it did: as much as the number changes when it alone comes on top of those before it', () => {
    const changes = fc.array(fc.tuple(fc.constantFrom(...SKUS), fc.constantFrom(...LOCATIONS), fc.integer({ min: -30, max: 30 })), { minLength: 1, maxLength: 5 });
    const plain = policies({ kinds: ['safetyStock', 'buffer', 'hideAtOrBelow', 'pin', 'cap'], publish: 'total' });
    let felt = 0;
    fc.assert(fc.property(catalogs(), plain, worlds({ holds: false }), changes, (catalog, policy, drawn, all) => {
      const world: World = new Map([...drawn].map(([sku, position]) => [sku, { ...position, unrouted: new Map() }]));
      const scene = { catalog, policy, world, minute: 0 };
      const after = { ...scene, world: all.reduce((now, [sku, location, by]) => withOnHand(now, { sku, location, change: (units) => units + by }), world) };
      for (const key of keysOf(scene)) {
        let [now, number] = [scene, explained(scene, key).availability.immediate];
        for (const { kind, label, sku, location, before, after: told, effect } of diffExplanations(explained(scene, key), explained(after, key)).causes) {
          expect([kind, label]).toEqual(['changed', 'on hand']);
          if (sku === undefined || location === undefined || number === undefined) throw new Error('a change of stock is of a sku at a location');
          const scale = catalog.items.get(sku)?.scale ?? 0;
          expect(now.world.get(sku)?.locations.get(location)?.onHand).toBe(parseQuantity(before, { scale }));
          now = { ...now, world: withOnHand(now.world, { sku, location, change: () => Number(parseQuantity(told, { scale })) }) };
          const next = explained(now, key).availability.immediate ?? 0;
          expect(effect.immediate).toBe(formatQuantity(subtractQuantities(next, number), catalog.items.get(key.sku)?.scale));
          felt += Number(effect.immediate !== '0');
          number = next;
        }
        expect(number).toEqual(explained(after, key).availability.immediate);
      }
    }), { numRuns: 200 });
    expect(felt).toBeGreaterThan(300);
  });

  it.each(PLANTED)('names %s where that alone changed', (_name, plant) => {
    let [felt, effective] = [0, 0];
    fc.assert(fc.property(scenes, fc.nat(), (scene, pick) => {
      const planted = plant(scene, pick);
      if (planted === undefined) return;
      for (const key of keysOf(scene)) {
        const [before, after] = [explained(planted.before ?? scene, key), explained(planted.scene, key)];
        if (before.availability.immediate === after.availability.immediate || planted.concerns?.(key.channel) === false) continue;
        felt += 1;
        const difference = diffExplanations(before, after);
        const named = difference.causes.filter((cause) => planted.isCause(cause, before));
        if (named.length === 0) throw new Error(`not named: ${formatDifference(difference)}`);
        // A rule can begin to apply since something else changed, as a level of a buffer does.
        if (planted.alone === true && named.length < difference.causes.filter(({ rule, ruleBefore }) => (rule ?? ruleBefore) === undefined).length) throw new Error(`not alone: ${formatDifference(difference)}`);
        // What decides without a step (which level of a buffer fits, which demand can be served) shows as what it decided.
        effective += Number(named.some(({ effect }) => effect.immediate !== '0'));
      }
    }), { numRuns: 600 });
    expect(felt).toBeGreaterThan(20);
    expect(effective / felt).toBeGreaterThan(0.8);
  });

  it('names none where nothing differs', () => {
    fc.assert(fc.property(scenes, (scene) => {
      for (const key of keysOf(scene)) expect(diffExplanations(explained(scene, key), explained(scene, key))).toMatchObject({ causes: [], consequences: [] });
    }), { numRuns: 100 });
  });
});
