/** Asks the engine on a file to do something, from a process of its own, and says the command's id. */
import { sendSqliteCommand } from '@stockwright/store-sqlite';

process.send?.(sendSqliteCommand(String(process.argv[2]), { verb: 'pause', argument: 'channel:shop', requestedBy: 'ann' }));
