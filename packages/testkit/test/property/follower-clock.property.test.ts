import type { Clock } from '@stockwright/adapter';
import { FollowerClock, VirtualClock } from '@stockwright/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Somebody sleeps on one side and then starts others, on this side or the other. */
interface Sleeper {
  readonly far: boolean;
  readonly ms: number;
  readonly next: readonly Sleeper[];
}

/** Few delays, so that many things are due at one moment. */
const sleepers = (depth: number): fc.Arbitrary<Sleeper> =>
  fc.record({ far: fc.boolean(), ms: fc.constantFrom(0, 1, 2, 5), next: depth === 0 ? fc.constant([]) : fc.array(sleepers(depth - 1), { maxLength: 3 }) });
const programs = fc.array(sleepers(3), { minLength: 1, maxLength: 5 });

/** Two sides of one time. Crossing over takes turns of the event loop where they are far apart. */
interface Sides {
  readonly near: VirtualClock;
  readonly far: Clock;
  cross(toFar: boolean): Promise<void>;
}

function branched(): Sides {
  const near = new VirtualClock(0);
  return { near, far: near.branch(), cross: () => Promise.resolve() };
}

const hop = (turns: number): Promise<void> => new Promise((resolve) => { setImmediate(() => { if (turns > 1) void hop(turns - 1).then(resolve); else resolve(); }); });

function followed(speed?: number): Sides {
  const near = new VirtualClock(0, speed);
  let messages = 0;
  const far = new FollowerClock({
    reading: near.stands,
    tell: async (reading) => {
      await hop(2);
      following.moved(reading);
      await hop(2);
    },
  });
  const arrive = async (reading: { nowMs: number; step: number }): Promise<void> => {
    await hop(2);
    far.follow(reading);
  };
  const following = near.follow({
    settle: async (reading) => {
      await arrive(reading);
      return far.settle();
    },
    fire: async (reading, until) => {
      await arrive(reading);
      const before = messages;
      return far.fire(until, () => messages === before);
    },
    agree: arrive,
  });
  return {
    near, far,
    cross: async (toFar) => {
      if (toFar) await near.agree();
      else {
        messages += 1;
        await far.agree();
      }
      await hop(2);
    },
  };
}

/** Runs a program and tells who woke when, and in which step of the near clock. */
async function play({ near, far, cross }: Sides, program: readonly Sleeper[]): Promise<readonly string[]> {
  const log: string[] = [];
  let asleep = 0;
  const start = async (name: string, one: Sleeper): Promise<void> => {
    asleep += 1;
    const own = one.far ? far : near;
    await own.sleep(one.ms);
    log.push(`${name} ${one.far ? 'far' : 'near'} at ${String(own.now())}`);
    const release = own.hold?.();
    for (const [index, other] of one.next.entries()) {
      if (other.far !== one.far) await cross(other.far);
      void start(`${name}.${String(index)}`, other);
    }
    release?.();
    asleep -= 1;
  };
  const release = near.hold();
  for (const [index, one] of program.entries()) {
    if (one.far) await cross(true);
    void start(String(index), one);
  }
  release();
  await near.runUntil(() => asleep === 0);
  return [...log, `${String(near.stands.step)} steps, ${String(near.now())} ms`];
}

describe('a clock that follows from elsewhere', () => {
  it('wakes everybody in the order and at the moments in which a branch of the clock itself does', async () => {
    await fc.assert(fc.asyncProperty(programs, async (program) => {
      expect(await play(followed(), program)).toEqual(await play(branched(), program));
    }), { numRuns: 150 });
  });

  it('goes on alone only while nobody else has anything due', async () => {
    await fc.assert(fc.asyncProperty(programs, async (program) => {
      // A clock with a speed lets nobody go on alone; this one is too fast to wait.
      expect(await play(followed(), program)).toEqual(await play(followed(1e9), program));
    }), { numRuns: 50 });
  });
});
