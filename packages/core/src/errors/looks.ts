import { invalidInput } from './error.ts';
import { shown } from './issue.ts';

export type Path = readonly (string | number)[];
/** Throws where a value is not what it must be. */
export type Look = (value: unknown, path: Path) => void;

/** @throws `INVALID_INPUT` always: what a value must be, what it is, and where. */
export function refuse(what: string, value: unknown, path: Path): never {
  throw invalidInput('argument', [{ path, message: `must be ${what}, not ${shown(value)}` }]);
}

/** A look at a value that must fit. */
/* @__NO_SIDE_EFFECTS__ */
export function fit(fits: (value: unknown) => boolean, what: string): Look {
  return (value, path) => {
    if (!fits(value)) refuse(what, value, path);
  };
}

/** A look at what may be absent. */
/* @__NO_SIDE_EFFECTS__ */
export function maybe(look: Look): Look {
  return (value, path) => {
    if (value !== undefined) look(value, path);
  };
}

/** A look at each of some properties. */
/* @__NO_SIDE_EFFECTS__ */
export function parts(looks: Readonly<Record<string, Look>>): Look {
  return (value, path) => {
    if (typeof value !== 'object' || value === null) refuse('an object', value, path);
    for (const [name, look] of Object.entries(looks)) look((value as Readonly<Record<string, unknown>>)[name], [...path, name]);
  };
}

/** Of everything that names and values can be read from: a Map of another realm is no instance of ours. */
function each(method: 'get' | 'map', what: string, look: Look): Look {
  return (value, path) => {
    if (typeof (value as Readonly<Record<typeof method, unknown>> | undefined)?.[method] !== 'function') refuse(what, value, path);
    // Not by forEach, which passes over the holes of a list.
    for (const [key, inner] of (value as ReadonlyMap<unknown, unknown>).entries()) {
      if (typeof key !== 'string' && typeof key !== 'number') refuse('named by texts', key, path);
      look(inner, [...path, key]);
    }
  };
}

/** A look at each value of a Map. */
/* @__NO_SIDE_EFFECTS__ */
export function map(look: Look): Look {
  return each('get', 'a Map', look);
}

/** A look at each element of a list. */
/* @__NO_SIDE_EFFECTS__ */
export function list(look: Look): Look {
  return each('map', 'a list', look);
}
