import type { Socket } from 'node:net';
import type { PostgresPool } from '@stockwright/store-postgres';
import type pg from 'pg';

/** Runs a body in a transaction, as a host does. */
export async function inTransaction(pool: pg.Pool, body: (tx: unknown) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await body(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** A pool whose connection breaks before its statement of this number, as when its process or its network dies. */
export function cutBefore(pool: pg.Pool, statement: number): PostgresPool {
  let sent = 0;
  return {
    on: () => undefined,
    off: () => undefined,
    connect: async () => {
      const client = await pool.connect();
      return {
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
        query: async (config) => {
          if (sent === statement) {
            // The socket goes without a word, so the server learns of it as it would of a dead process.
            (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream.destroy();
          }
          sent += 1;
          return client.query(config);
        },
        release: (broken) => { client.release(broken); },
      };
    },
  };
}
