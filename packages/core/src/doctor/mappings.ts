import * as z from 'zod';
import { identifierSchema } from '../identity/identifier-schema.ts';
import { once } from '../internal/once.ts';
import { malformed, type Finding } from './finding.ts';

const mappingsSchema = /* @__PURE__ */ once(() => {
  const identifier = identifierSchema();
  const kind = z.enum(['sku', 'location']);
  const external = { account: identifier, kind, external: identifier };
  return z.strictObject({
    skus: z.array(identifier).default([]),
    locations: z.array(identifier).default([]),
    mappings: z.array(z.strictObject({ ...external, target: identifier, retired: z.enum(['zero', 'leave']).optional() })).default([]),
    seen: z.array(z.strictObject(external)).default([]),
  });
});

/** What external identifiers mean, and which ones the outside world uses, as JSON carries them. @public */
export interface MappingsInput {
  /** The skus and locations that there are. */
  readonly skus?: readonly string[] | undefined;
  readonly locations?: readonly string[] | undefined;
  /** One external identifier of one account to one sku or location. A retired mapping says what its listing shows from then on. */
  readonly mappings?: readonly { readonly account: string; readonly kind: 'sku' | 'location'; readonly external: string; readonly target: string; readonly retired?: 'zero' | 'leave' | undefined }[] | undefined;
  /** Identifiers that were met at the accounts. */
  readonly seen?: readonly { readonly account: string; readonly kind: 'sku' | 'location'; readonly external: string }[] | undefined;
}

type Parsed = z.infer<ReturnType<typeof mappingsSchema>>;

/**
 * Looks through mappings: identifiers that nobody mapped, that mean two things, that two of one account share, and
 * targets that do not exist. Whatever is found is a state to be mended, never a guess to be made.
 *
 * @param input - {@link MappingsInput}, of any quality.
 * @returns What is no such input is found `MALFORMED`; nothing is thrown.
 * @see `createMapping`, which refuses what cannot be told apart
 * @example
 * ```ts
 * diagnoseMappings({ skus: ['MUG'], seen: [{ account: 'shop', kind: 'sku', external: '42' }] }).map(({ code, path }) => [code, path]) // => [['UNMAPPED', ['seen', 0]]]
 * ```
 * @public
 */
export function diagnoseMappings(input: unknown): readonly Finding[] {
  const parsed = mappingsSchema().safeParse(input);
  if (!parsed.success) return malformed(parsed.error.issues);
  return [...mappingFindings(parsed.data), ...seenFindings(parsed.data)];
}

function mappingFindings({ skus, locations, mappings, seen }: Parsed): Finding[] {
  const findings: Finding[] = [];
  const known = { sku: new Set(skus), location: new Set(locations) };
  const used = new Set(seen.map((one) => keyOf(one, one.external)));
  // Of an account at which nobody looked nothing is known to be unused.
  const looked = new Set(seen.map(({ account }) => account));
  const targets = new Map<string, { target: string; index: number }>();
  const externals = new Map<string, { external: string; index: number }>();
  mappings.forEach((mapping, index) => {
    const path = ['mappings', index];
    const { account, kind: of, external: name, target, retired } = mapping;
    const what = `${of} ${JSON.stringify(name)} of ${account}`;
    const other = targets.get(keyOf(mapping, name));
    if (other !== undefined) {
      findings.push(other.target === target
        ? { code: 'DUPLICATE_IDENTIFIER', severity: 'warning', path, message: `${what} is mapped to ${target} at ${String(other.index)} already; one of the two is enough` }
        : { code: 'AMBIGUOUS_IDENTIFIER', severity: 'error', path, message: `${what} means ${target} here and ${other.target} at ${String(other.index)}; keep one` });
    }
    targets.set(keyOf(mapping, name), { target, index });
    if (!known[of].has(target)) findings.push({ code: 'UNKNOWN_TARGET', severity: 'error', path: [...path, 'target'], message: `${what} is mapped to ${target}, which is no ${of} that is known` });
    if (retired !== undefined) return;
    const twin = externals.get(keyOf(mapping, target));
    if (twin !== undefined && twin.external !== name) {
      findings.push({ code: 'DUPLICATE_IDENTIFIER', severity: 'warning', path, message: `${what} and ${JSON.stringify(twin.external)} are both ${target}; its number is shown, and its sales are counted, under both` });
    }
    externals.set(keyOf(mapping, target), { external: name, index });
    if (looked.has(account) && !used.has(keyOf(mapping, name))) findings.push({ code: 'UNUSED_MAPPING', severity: 'warning', path, message: `${what} was never met at ${account}` });
  });
  return findings;
}

function seenFindings({ mappings, seen }: Parsed): Finding[] {
  const mapped = new Set(mappings.map((mapping) => keyOf(mapping, mapping.external)));
  const told = new Set<string>();
  return seen.flatMap((one, index): Finding[] => {
    const key = keyOf(one, one.external);
    if (mapped.has(key) || told.has(key)) return [];
    told.add(key);
    return [{ code: 'UNMAPPED', severity: 'error', path: ['seen', index], message: `${one.kind} ${JSON.stringify(one.external)} of ${one.account} is not mapped; map it, or say that it is to be left alone` }];
  });
}

function keyOf({ account, kind: of }: { readonly account: string; readonly kind: string }, name: string): string {
  return JSON.stringify([account, of, name]);
}
