import { describe, expect, it } from 'vitest';
import { BudgetWatch } from './budget-watch.ts';
import { Violations } from './violations.ts';

const BUCKET = 'model:shop writes';

function watching(): { readonly watch: BudgetWatch; readonly said: () => string } {
  const violations = new Violations(() => 0);
  const watch = new BudgetWatch(violations, new Map([[BUCKET, { capacity: 5, refillPerSecond: 2 }]]));
  return { watch, said: () => violations.list.map(({ message }) => message).join() };
}

describe('the watch over a budget', () => {
  it('lets through what fits the bucket, whoever takes it', () => {
    const { watch, said } = watching();
    watch.granted('w1', BUCKET, { atMs: 0, cost: 5 });
    watch.granted('w2', BUCKET, { atMs: 1_000, cost: 2 });
    watch.sent('w2', BUCKET, { lines: 2 });
    watch.sent('w1', BUCKET, { lines: 4 });
    expect(said()).toBe('');
  });

  it('sees that two processes together take more than there is', () => {
    const { watch, said } = watching();
    watch.granted('w1', BUCKET, { atMs: 0, cost: 5 });
    watch.granted('w2', BUCKET, { atMs: 1_000, cost: 3 });
    expect(said()).toBe(`3 of ${BUCKET} were granted when 2 were left`);
  });

  it('sees what is sent without a grant, with another process’s grant, and twice on one', () => {
    const { watch, said } = watching();
    watch.granted('w1', BUCKET, { atMs: 0, cost: 2 });
    watch.sent('w2', BUCKET, { lines: 1 });
    watch.sent('w1', BUCKET, { lines: 2 });
    watch.sent('w1', BUCKET, { lines: 1 });
    expect(said()).toBe(`w2 sent 1 lines that ${BUCKET} had not granted it,w1 sent 1 lines that ${BUCKET} had not granted it`);
  });

  it('sees what is sent on a grant that nobody heard of', () => {
    const { watch, said } = watching();
    const grant = { atMs: 0, cost: 2 };
    watch.granted('w1', BUCKET, grant);
    watch.unheard('w1', BUCKET, grant);
    watch.sent('w1', BUCKET, { lines: 2 });
    expect(said()).toContain('had not granted it');
  });

  it('takes a send for the smallest grant that will do', () => {
    const { watch, said } = watching();
    watch.granted('w1', BUCKET, { atMs: 0, cost: 2 });
    watch.granted('w1', BUCKET, { atMs: 0, cost: 1 });
    watch.sent('w1', BUCKET, { lines: 1 });
    watch.sent('w1', BUCKET, { lines: 2 });
    expect(said()).toBe('');
  });

  it('lets a grant be used up line by line where each line is a request', () => {
    const { watch, said } = watching();
    watch.granted('w1', BUCKET, { atMs: 0, cost: 2 });
    for (let line = 0; line < 2; line += 1) watch.sent('w1', BUCKET, { lines: 1, oneByOne: true });
    expect(said()).toBe('');
    watch.sent('w1', BUCKET, { lines: 1, oneByOne: true });
    expect(said()).toContain('had not granted it');
  });

  it('forgets with the store what was granted after a moment', () => {
    const { watch, said } = watching();
    watch.granted('w1', BUCKET, { atMs: 1_000, cost: 5 });
    watch.rewound(500);
    watch.granted('w1', BUCKET, { atMs: 1_100, cost: 5 });
    expect(said()).toBe('');
  });
});
