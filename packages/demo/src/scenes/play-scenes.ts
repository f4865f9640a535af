import { formatExplanation, parseChannelId, parseSku } from '@stockwright/core';
import { VirtualClock } from '@stockwright/testkit';
import { playCopier, type CopierLane } from '../compare/copier.ts';
import { createWeather } from '../faults/weather.ts';
import { inProcessHost } from '../host/in-process.ts';
import type { ReplayEvent } from '../input/replay.ts';
import { driven } from '../run/phases.ts';
import type { View } from '../view/view.ts';
import { startErp } from '../world/erp.ts';
import { Player, type Offered } from '../world/play.ts';
import { createWorld, type World } from '../world/world.ts';
import { SCENES, type Beat, type Scene } from './scenes.ts';

const DAY = '2026-11-27';
/** When both lanes have shown their first numbers. */
const OPENS = '08:45:00';
/** Time for the last number to be shown. */
const AFTERMATH_MS = 3 * 60_000;

const momentOf = (time: string): number => Date.parse(`${DAY}T${time}Z`);
const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

/** Tells every scene: what happens, what comes of it today and with Stockwright, and where the number comes from. */
export async function playScenes(view: View): Promise<void> {
  for (const [index, scene] of SCENES.entries()) {
    view.line(`\n${String(index + 1)}. ${scene.title}`);
    await playScene(scene, view);
  }
  view.line('');
}

async function playScene(scene: Scene, view: View): Promise<void> {
  const clock = new VirtualClock(momentOf(OPENS));
  const weather = createWeather('none', { seed: scene.title, fromMs: 0, toMs: 0 });
  const stopping = new AbortController();
  const { stock, policy, catalog, listings } = scene;
  const world = await driven(clock, createWorld({
    clock, seed: scene.title, host: inProcessHost({ store: 'memory' }), policy, stock, goodsIn: 'MAIN', weather, signal: stopping.signal,
    ...(catalog === undefined ? {} : { catalog }), ...(listings === undefined ? {} : { listings }),
  }));
  try {
    await driven(clock, world.engine.start());
    startErp(clock, world.netsuite, { shops: [...world.shops.values()], signal: stopping.signal });
    const say = (time: string, text: string): void => { view.line(`   ${time.slice(0, 5).padEnd(5)}  ${text}`); };
    say('09:00', scene.opening);
    await driven(clock, playBeats(scene, { clock, world, say, copier: scene.compared ? copierOf(scene) : undefined, silence: (isOn) => { weather.silence(isOn); } }));
    const { channel, sku } = scene.explained;
    const explanation = await driven(clock, world.engine.explain({ channel: parseChannelId(channel), sku: parseSku(sku) }));
    view.line(formatExplanation(explanation).split('\n').map((line) => `     ${line}`).join('\n'));
  } finally {
    stopping.abort();
    await driven(clock, world.close());
  }
}

interface Telling {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly say: (time: string, text: string) => void;
  readonly copier: CopierScene | undefined;
  readonly silence: (isOn: boolean) => void;
}

async function playBeats(scene: Scene, { clock, world, say, copier, silence }: Telling): Promise<void> {
  let sold: Offered | undefined;
  const nothing = (): void => undefined;
  const player = new Player({
    clock, market: world.market, channelOf: ({ order }) => channelOfOrder(scene, order),
    observers: [{ offered: (fact) => { sold = fact; }, cancelled: nothing, returned: nothing, adjusted: nothing }],
  });
  for (const [index, beat] of scene.beats.entries()) {
    await clock.sleep(momentOf(beat.at) - clock.now());
    if (beat.kind === 'silence') {
      say(beat.at, beat.what);
      silence(true);
      await clock.sleep(momentOf(beat.until) - clock.now());
      silence(false);
      continue;
    }
    if (beat.kind === 'stock') {
      say(beat.at, beat.what);
      player.play(eventOf(beat, index));
      continue;
    }
    const shows = world.shops.get(beat.channel)?.shows(beat.sku, 'MAIN') ?? '0';
    player.play(eventOf(beat, index));
    say(beat.at, `${beat.who} wants ${String(beat.units)} ${beat.sku} at ${named(beat.channel)}`);
    if (copier !== undefined) say('', `on-hand copied  ${copier.tell(beat, index)}`);
    say('', `Stockwright     ${sold !== undefined && sold.accepted > 0 ? 'sold' : 'refused'}: ${named(beat.channel)} showed ${shows}`);
  }
  await clock.sleep(AFTERMATH_MS);
}

/** The other lane of a scene. */
interface CopierScene {
  tell(beat: Extract<Beat, { kind: 'order' }>, index: number): string;
}

function copierOf(scene: Scene): CopierScene {
  const events = scene.beats.flatMap((beat, index) => (beat.kind === 'silence' ? [] : [eventOf(beat, index)]));
  const endMs = momentOf(scene.beats.at(-1)?.at ?? OPENS) + AFTERMATH_MS;
  const results = new Map<string, Offered>();
  const lane: CopierLane = playCopier({
    replay: { name: scene.title, lines: events.length, events, leftOut: [], foldedSkus: [] }, stock: scene.stock, channels: scene.policy.channels.map(({ id }) => id),
    channelOf: ({ order }) => channelOfOrder(scene, order), startMs: momentOf(OPENS), endMs, onOffered: (fact) => { results.set(fact.order, fact); },
  });
  return {
    tell: ({ channel, sku }, index) => {
      const result = results.get(orderOf(index));
      const beyond = lane.oversold.find(({ order }) => order === orderOf(index));
      if (result === undefined || result.accepted === 0) return `refused: ${named(channel)} still showed fewer, and knows of a change only with the next copy`;
      if (beyond === undefined) return 'sold';
      return `sold: ${named(channel)} still went by the copy of ${timeOf(beyond.copiedAtMs)}, and ${String(beyond.units)} of ${String(result.accepted)} ${sku} do not exist`;
    },
  };
}

const orderOf = (index: number): string => `scene-${String(index)}`;

function channelOfOrder(scene: Scene, order: string): string {
  const beat = scene.beats[Number(order.slice('scene-'.length))];
  return beat?.kind === 'order' ? beat.channel : '';
}

function eventOf(beat: Exclude<Beat, { kind: 'silence' }>, index: number): ReplayEvent {
  const [line] = [{ line: index + 1, sku: beat.sku, quantity: beat.units }];
  return { kind: beat.kind === 'order' ? 'order' : 'adjustment', atMs: momentOf(beat.at), order: orderOf(index), lines: [line] };
}

function named(channel: string): string {
  return channel === 'shopify' ? 'Shopify' : channel === 'amazon' ? 'Amazon' : channel;
}
