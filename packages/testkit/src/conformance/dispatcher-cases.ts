import { same } from './conformance.ts';
import { between, Drains, type DispatcherCase, type DispatcherSubject } from './dispatcher-subject.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 300;
const MANY = 50;

async function started({ dispatcher }: DispatcherSubject): Promise<Drains> {
  const drains = new Drains();
  await dispatcher.start(drains.drain);
  return drains;
}

const WAKING_CASES: readonly DispatcherCase[] = [
  { key: 'wake-leads-to-drain', title: 'a wake leads to a drain of its shard, under the name that was woken', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    const names = ['channel:shop', 'project', "source:Übersee '; --", 'channel:a/b c'];
    for (const name of names) subject.dispatcher.wake(name);
    await subject.until(() => names.every((name) => drains.of(name) > 0), 'not all shards were drained');
    same([...new Set(drains.started)].sort(), [...names].sort(), 'shards');
  } },
  { key: 'moments-that-passed-are-now', title: 'a moment that has passed is now', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    subject.dispatcher.wake('a', subject.clock.now() - DAY_MS);
    subject.dispatcher.wake('b', 0);
    await subject.until(() => drains.of('a') > 0 && drains.of('b') > 0, 'a moment that passed was not now');
  } },
  { key: 'queued-wakes-conflate', title: 'many wakes at once are few drains', requires: ['faithful', 'conflating'], run: async (subject) => {
    const drains = await started(subject);
    for (let index = 0; index < MANY; index += 1) subject.dispatcher.wake('a');
    await subject.until(() => drains.of('a') > 0, 'nothing was drained');
    await subject.idle();
    between(drains.of('a'), [1, 2], 'drains');
  } },
  { key: 'wake-while-running-runs-again', title: 'wakes while a shard is drained make it be drained once more', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    drains.hold();
    subject.dispatcher.wake('a');
    await subject.until(() => drains.of('a') === 1, 'nothing was drained');
    for (let index = 0; index < MANY; index += 1) subject.dispatcher.wake('a');
    drains.release();
    await subject.until(() => drains.of('a') >= 2, 'a wake that came meanwhile was lost');
    await subject.idle();
    between(drains.of('a'), [2, 3], 'drains');
  } },
  { key: 'shards-do-not-overlap', title: 'two drains of a shard never overlap', requires: ['faithful', 'exclusive'], run: async (subject) => {
    const drains = await started(subject);
    let left = 5;
    drains.answer = () => {
      left -= 1;
      // Also a drain that asks to come again waits until it has ended itself.
      return left > 0 ? { againAtMs: subject.clock.now() } : {};
    };
    for (let index = 0; index < MANY; index += 1) subject.dispatcher.wake('a');
    await subject.until(() => left <= 0, 'the shard did not come again');
    await subject.idle();
    same(drains.overlap, 1, 'drains at once');
  } },
  { key: 'shards-run-side-by-side', title: 'a shard that takes long keeps no other waiting', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    drains.hold();
    subject.dispatcher.wake('a');
    subject.dispatcher.wake('b');
    await subject.until(() => drains.underWay() === 2, 'the second shard waited for the first');
    drains.release();
    await subject.idle();
  } },
];

const LATER_CASES: readonly DispatcherCase[] = [
  { key: 'later-comes', title: 'a wake for later comes, and not before', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    const atMs = subject.clock.now() + SOON_MS;
    let drainedAtMs = 0;
    drains.answer = () => {
      drainedAtMs ||= subject.clock.now();
      return {};
    };
    subject.dispatcher.wake('a', atMs);
    await subject.until(() => drains.of('a') > 0, 'the wake for later never came');
    // Two clocks of one machine may differ by their last digit.
    if (drainedAtMs < atMs - 5) throw new Error(`the wake came ${String(atMs - drainedAtMs)} ms before its moment`);
  } },
  { key: 'later-hides-nothing', title: 'a wake for later neither hides one for now nor is lost by it', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    subject.dispatcher.wake('a', subject.clock.now() + DAY_MS);
    subject.dispatcher.wake('a');
    await subject.until(() => drains.of('a') > 0, 'a wake for now waited for one for later');
    subject.dispatcher.wake('b', subject.clock.now() + SOON_MS);
    subject.dispatcher.wake('b');
    await subject.until(() => drains.of('b') > 1, 'a wake for later was lost by one for now');
  } },
  { key: 'earliest-moment-counts', title: 'of several moments the earliest counts, in whatever order they come', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    subject.dispatcher.wake('a', subject.clock.now() + DAY_MS);
    subject.dispatcher.wake('a', subject.clock.now() + SOON_MS);
    subject.dispatcher.wake('b', subject.clock.now() + SOON_MS);
    subject.dispatcher.wake('b', subject.clock.now() + DAY_MS);
    await subject.until(() => drains.of('a') > 0 && drains.of('b') > 0, 'the earlier moment was lost');
  } },
  { key: 'drains-ask-to-come-again', title: 'a drain that says when it has work again is called then', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    drains.answer = () => (drains.of('a') < 3 ? { againAtMs: subject.clock.now() + (drains.of('a') === 1 ? 0 : SOON_MS) } : {});
    subject.dispatcher.wake('a');
    await subject.until(() => drains.of('a') >= 3, 'a drain that asked to come again was forgotten');
    await subject.idle();
    same(drains.of('a'), 3, 'drains');
  } },
];

const ENDING_CASES: readonly DispatcherCase[] = [
  { key: 'rejecting-drains-do-no-harm', title: 'a drain that rejects, which none should, keeps neither its own shard nor another from being drained', requires: ['faithful'], run: async (subject) => {
    const drains = await started(subject);
    drains.answer = () => {
      if (drains.of('a') <= 3) throw new Error('no drain should reject');
      return {};
    };
    for (let tries = 1; tries <= 4; tries += 1) {
      subject.dispatcher.wake('a');
      await subject.until(() => drains.of('a') >= tries, `the shard was given up after ${String(tries - 1)} drains that rejected`);
      await subject.idle();
    }
    subject.dispatcher.wake('b');
    await subject.until(() => drains.of('b') > 0, 'another shard was given up');
  } },
  { key: 'stop-waits', title: 'stop resolves once running drains have returned, and aborts none', run: async (subject) => {
    const drains = await started(subject);
    drains.hold();
    // A dispatcher may lose wakes; one that loses all of them is none.
    await subject.until(() => {
      if (drains.underWay() === 0) subject.dispatcher.wake('a');
      return drains.underWay() > 0;
    }, 'nothing was drained');
    let ended = false;
    const stopping = subject.dispatcher.stop().then(() => { ended = true; });
    for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
    same([ended, drains.underWay() > 0], [false, true], 'stopped although a drain ran');
    drains.release();
    await subject.until(() => ended, 'stop did not come to its end');
    await stopping;
    same(drains.underWay(), 0, 'drains under way');
  } },
  { key: 'nothing-runs-after-stop', title: 'after stop nothing runs: not what was woken before, nor what asked to come again, nor what is woken then', run: async (subject) => {
    const drains = await started(subject);
    drains.answer = () => ({ againAtMs: subject.clock.now() });
    for (const shard of ['a', 'b', 'c']) subject.dispatcher.wake(shard);
    subject.dispatcher.wake('a', subject.clock.now() + SOON_MS);
    let ended = false;
    const stopping = subject.dispatcher.stop().then(() => { ended = true; });
    await subject.until(() => ended, 'stop did not come to its end');
    await stopping;
    const before = drains.started.length;
    subject.dispatcher.wake('a');
    subject.dispatcher.wake('b', subject.clock.now() + 1);
    await subject.dispatcher.stop();
    await subject.idle();
    same(drains.started.length, before, 'drains after stop');
  } },
  { key: 'stop-without-start', title: 'stop is harmless where nothing was started', run: async ({ dispatcher, until }) => {
    dispatcher.wake('a');
    let ended = false;
    const stopping = dispatcher.stop().then(() => { ended = true; });
    await until(() => ended, 'stop did not come to its end');
    await stopping;
  } },
];

const SHARED_CASES: readonly DispatcherCase[] = [
  { key: 'one-shard-once-among-all', title: 'of several processes one drains a shard at a time, and a wake meanwhile is kept', requires: ['shared', 'exclusive', 'faithful'], run: async (subject) => {
    const drains = await started(subject);
    const other = await subject.another?.();
    if (other === undefined) throw new Error('A shared dispatcher needs another() in its subject.');
    await other.start(drains.drain);
    drains.hold();
    subject.dispatcher.wake('a');
    other.wake('a');
    await subject.until(() => drains.of('a') === 1, 'nothing was drained');
    for (let index = 0; index < MANY; index += 1) {
      subject.dispatcher.wake('a');
      other.wake('a');
    }
    other.wake('b');
    await subject.until(() => drains.of('b') === 1, 'another shard waited');
    drains.release();
    await subject.until(() => drains.of('a') >= 2, 'a wake that came meanwhile was lost');
    await subject.idle();
    same(drains.overlap, 1, 'drains of one shard at once');
    between(drains.of('a'), [2, 5], 'drains');
  } },
  { key: 'who-stays-takes-over', title: 'a process that stops leaves what it was woken for to the others', requires: ['shared', 'faithful'], run: async (subject) => {
    const [first, second] = [new Drains(), new Drains()];
    await subject.dispatcher.start(first.drain);
    const other = await subject.another?.();
    if (other === undefined) throw new Error('A shared dispatcher needs another() in its subject.');
    first.hold();
    subject.dispatcher.wake('a');
    await subject.until(() => first.of('a') === 1, 'nothing was drained');
    await other.start(second.drain);
    other.wake('a');
    first.release();
    await subject.dispatcher.stop();
    await subject.until(() => first.of('a') + second.of('a') >= 2, 'the wake went with the process that stopped');
  } },
];

/** What every dispatcher of the engine promises, by what it says of itself. @public */
export const DISPATCHER_CASES: readonly DispatcherCase[] = [...WAKING_CASES, ...LATER_CASES, ...ENDING_CASES, ...SHARED_CASES];
