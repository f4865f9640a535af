import { describe, expect, it } from 'vitest';
import { TurnsWatch } from './turns-watch.ts';
import { Violations } from './violations.ts';

const SHARD = 'channel:shop';

function watching(): { readonly watch: TurnsWatch; readonly writes: (batches: number) => void; readonly said: () => readonly string[] } {
  const violations = new Violations(() => 0);
  const watch = new TurnsWatch(violations);
  return {
    watch,
    writes: (batches) => { for (let count = 0; count < batches; count += 1) watch.claimed(SHARD, 'push'); },
    said: () => violations.list.map(({ message }) => message),
  };
}

describe('the watch over turns', () => {
  it('sees that a read-back never comes to its turn', () => {
    const { watch, writes, said } = watching();
    watch.due(SHARD, ['push', 'readLevels']);
    writes(20);
    expect(said()).toEqual([]);
    writes(1);
    expect(said()).toEqual([`21 batches of writes of ${SHARD} went before a read-back that was due`]);
  });

  it('counts anew once it had its turn', () => {
    const { watch, writes, said } = watching();
    for (let round = 0; round < 5; round += 1) {
      watch.due(SHARD, ['push', 'readLevels']);
      writes(15);
      watch.claimed(SHARD, 'readLevels');
    }
    expect(said()).toEqual([]);
  });

  it('does not count while the vendor refuses reads, and counts while another limit is used up', () => {
    const { watch, writes, said } = watching();
    watch.due(SHARD, ['push', 'readLevels']);
    writes(15);
    watch.refused('model:shop reads');
    writes(10);
    watch.refused('model:market levels');
    watch.refused('model:shop writes');
    writes(10);
    expect(said()).toHaveLength(0);
    writes(1);
    expect(said()).toHaveLength(1);
  });

  it('says nothing of writes while none is due', () => {
    const { watch, writes, said } = watching();
    watch.due(SHARD, ['push']);
    writes(500);
    watch.due(SHARD, ['push', 'readLevels']);
    watch.due(SHARD, ['push']);
    writes(500);
    expect(said()).toEqual([]);
  });
});
