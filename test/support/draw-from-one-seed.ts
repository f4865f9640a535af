// Runs before every test file, so that a law that fails fails for the change that is tested and not for what was drawn.
import fc from 'fast-check';
import { lawsSeed } from './laws-seed.ts';

const seed = lawsSeed(process.env['LAWS_SEED']);
fc.configureGlobal(seed === undefined ? {} : { seed });
