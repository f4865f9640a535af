import { createHash } from 'node:crypto';
import { budgetRoutines } from './budget-routines.ts';
import { commitRoutines } from './commit-routines.ts';
import { feedRoutines } from './feed-routines.ts';
import { forgetRoutines } from './forget-routines.ts';
import { readRoutines } from './read-routines.ts';
import { createRoutine, scopeOf, type Routine, type Scope } from './routine.ts';
import { rowRoutines } from './row-routines.ts';
import { workRoutines } from './work-routines.ts';

/** The routines of this version of the store, in one schema. */
export interface Routines {
  /** Tells them from those of other versions, which may run beside. */
  readonly suffix: string;
  readonly statements: readonly string[];
  /** How a routine is called by its full name. */
  readonly call: Scope['routine'];
}

/** The routines and a suffix that is theirs alone, since it is made from their text. */
export function routinesOf(schema: string): Routines {
  const suffix = createHash('sha256').update(texts(scopeOf(schema, '')).join('\n')).digest('hex').slice(0, 8);
  const scope = scopeOf(schema, suffix);
  return { suffix, statements: texts(scope), call: scope.routine };
}

function texts(scope: Scope): readonly string[] {
  const all: readonly Routine[] = [...readRoutines(scope), ...rowRoutines(scope), ...workRoutines(scope), ...budgetRoutines(scope), ...commitRoutines(scope), ...forgetRoutines(scope), ...feedRoutines(scope)];
  return all.map((routine) => createRoutine(scope, routine));
}
