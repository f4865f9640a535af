import type { Scenario } from '../support/report.ts';
import { crashes } from './crashes.ts';
import { increments } from './increments.ts';
import { kills } from './kills.ts';
import { silences } from './silences.ts';
import { workers } from './workers.ts';

export const SCENARIOS: readonly Scenario[] = [increments, kills, workers, crashes, silences];
