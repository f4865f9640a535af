/** The engine's own process. It does what `child.ts` asks of it, and ends when nobody is there to ask any more. */
import type { Engine, EngineEvents } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import type { HttpServer } from '@stockwright/simulators/http';
import { FollowerClock, seededRandom } from '@stockwright/testkit';
import { compose, type Composition } from './compose.ts';
import { Fuse } from './fuse.ts';
import { toWire, type FromEngine, type Opening, type Question, type ToEngine } from './protocol.ts';
import { openStore } from './stores.ts';
import { serveWebhooks } from './webhooks.ts';

interface Opened extends Composition {
  readonly clock: FollowerClock;
  readonly store: Store;
  readonly server: HttpServer;
}

const fuse = new Fuse(() => { process.kill(process.pid, 'SIGKILL'); });
let opened: Opened | undefined;
let agreed: (() => void) | undefined;
/** What was told and heard so far: whoever went on alone stops as soon as anything is. */
let messages = 0;

function send(message: FromEngine): void {
  messages += 1;
  process.send?.(message);
}

function tell(clock: FollowerClock, engine: Engine, name: keyof EngineEvents): void {
  engine.events.on(name, (...payload: readonly unknown[]) => { send({ kind: 'event', name, payload, reading: clock.stands }); });
}

async function open({ settings, choice, port, listen, reading, point }: Opening): Promise<string> {
  if (point !== undefined) fuse.arm(point);
  const clock = new FollowerClock({
    reading,
    tell: (ahead) => new Promise((resolve) => {
      agreed = resolve;
      send({ kind: 'at', reading: ahead });
    }),
  });
  const store = fuse.counting(openStore(choice, clock));
  await store.migrate();
  const composition = compose(settings, { clock, random: seededRandom(settings.seed), store, traffic: fuse });
  const server = await serveWebhooks(composition.engine, port);
  opened = { ...composition, clock, store, server };
  for (const name of listen) tell(clock, composition.engine, name);
  return server.url;
}

async function answer(question: Question): Promise<unknown> {
  if (question.ask === 'open') return open(question);
  if (opened === undefined) throw new Error(`The engine's process was asked to ${question.ask} before it was opened.`);
  if ('reading' in question) opened.clock.follow(question.reading);
  return question.ask === 'settle' || question.ask === 'fire' || question.ask === 'agree' ? aboutTime(question, opened) : aboutEngine(question, opened);
}

type TimeQuestion = Extract<Question, { readonly ask: 'settle' | 'fire' | 'agree' }>;

async function aboutTime(question: TimeQuestion, { clock }: Opened): Promise<unknown> {
  switch (question.ask) {
    case 'settle':
      return clock.settle();
    case 'fire': {
      const before = messages;
      // An armed process goes one step at a time, so that the moment of its end is known.
      return clock.fire(fuse.armed ? undefined : question.until, () => messages === before);
    }
    case 'agree':
      return undefined;
  }
}

async function aboutEngine(question: Exclude<Question, TimeQuestion | Opening>, { clock, engine, server, store, registerWebhooks }: Opened): Promise<unknown> {
  switch (question.ask) {
    case 'start':
      await registerWebhooks(server.url);
      return engine.start();
    case 'status':
      return engine.status();
    case 'explain':
      return engine.explain(question.key);
    case 'listen':
      tell(clock, engine, question.name);
      return undefined;
    case 'arm':
      fuse.arm(question.point);
      return undefined;
    case 'stop':
      await engine.stop();
      await server.close();
      await store.close();
  }
}

process.on('message', (message: ToEngine) => {
  messages += 1;
  if ('leave' in message) process.exit();
  if ('agreed' in message) {
    agreed?.();
    return;
  }
  const { id, question } = message;
  answer(question).then((value) => { send({ kind: 'answer', id, value }); }, (error: unknown) => { send({ kind: 'answer', id, error: toWire(error) }); });
});
process.on('disconnect', () => { process.exit(); });
// Ctrl-C reaches every process of a terminal; the other one decides what becomes of this one.
process.on('SIGINT', () => undefined);
send({ kind: 'ready' });
