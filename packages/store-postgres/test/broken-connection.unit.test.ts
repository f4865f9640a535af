import { EventEmitter } from 'node:events';
import { createPostgresStore } from '@stockwright/store-postgres';
import { expect, it } from 'vitest';

it('listens to a connection as long as it uses it, since a broken one would otherwise end the process', async () => {
  const released: unknown[] = [];
  let heard = false;
  const client = Object.assign(new EventEmitter(), {
    query: async () => {
      heard = client.emit('error', new Error('Connection terminated unexpectedly'));
      throw new Error('Connection terminated unexpectedly');
    },
    release: (error: unknown) => { released.push(error); },
  });
  const store = createPostgresStore({ pool: Object.assign(new EventEmitter(), { connect: async () => client }) });

  await expect(store.now()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('Connection terminated unexpectedly') });
  expect([heard, released, client.listenerCount('error')]).toEqual([true, [true], 0]);
});
