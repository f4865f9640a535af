import type { Scenario } from '../support/report.ts';
import { increments } from './increments.ts';

export const SCENARIOS: readonly Scenario[] = [increments];
