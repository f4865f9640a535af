/** A process with an engine in another one. Says that process's id and stays, until it is ended or told to end. */
import { childHost } from '../src/host/child.ts';
import { beginWorld, driven } from './begin-world.ts';

const host = childHost({ store: String(process.argv[2]), durability: 'normal' });
const { clock, world } = await beginWorld(async (parts) => {
  const child = await host(parts);
  process.stdout.write(`${String(child.pid)}\n`);
  return child;
});
await driven(clock, world.engine.start());
if (process.argv[3] === 'exit') process.exit(3);
setInterval(() => undefined, 60_000);
