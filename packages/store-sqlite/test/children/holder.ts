/** Opens the file that it is told and holds it until it is ended. */
import { createSqliteStore } from '@stockwright/store-sqlite';

const store = createSqliteStore({ path: String(process.argv[2]) });
await store.migrate();
process.send?.('holds');
// Held open until the parent ends this process. A store that nothing refers to is collected, and its lock with it.
process.on('message', () => store);
