import type { Operation } from './operation.ts';

/** An operation that a request means, and what its path says. */
export interface Match {
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Finds the operation of a method and a path, by number of parts first. */
export function createRouter(operations: readonly Operation[]): (method: string, pathname: string) => Match | undefined {
  const routes = new Map<string, { readonly operation: Operation; readonly parts: readonly string[] }[]>();
  for (const operation of operations) {
    const parts = operation.path.split('/');
    const key = `${operation.method} ${String(parts.length)}`;
    routes.set(key, [...(routes.get(key) ?? []), { operation, parts }]);
  }
  return (method, pathname) => {
    const given = pathname.split('/');
    for (const { operation, parts } of routes.get(`${method} ${String(given.length)}`) ?? []) {
      const parameters = matchParts(parts, given);
      if (parameters !== undefined) return { operation, parameters };
    }
    return undefined;
  };
}

function matchParts(parts: readonly string[], given: readonly string[]): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const text = given[index] ?? '';
    if (!part.startsWith('{')) {
      if (part !== text) return undefined;
      continue;
    }
    const value = decode(text);
    if (value === undefined || value === '') return undefined;
    parameters[part.slice(1, -1)] = value;
  }
  return parameters;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
