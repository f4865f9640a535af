import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import * as documents from '../../src/api/documents.ts';

const repository = resolve(import.meta.dirname, '../../../..');
const shared = process.env['STOCKWRIGHT_SHARED'] ?? resolve(repository, '../shared');
const schemaFile = resolve(shared, 'contracts/shopify/admin-2026-10.inventory.graphql');
const isThere = existsSync(schemaFile);

if (!isThere && process.env['CI'] === undefined) {
  console.warn(`Shopify's schema is not at ${schemaFile}; its contract is not checked. Name its folder by STOCKWRIGHT_SHARED.`);
}

describe('the documents against Shopify 2026-10', () => {
  it.runIf(process.env['CI'] !== undefined)('can be checked', () => {
    expect(isThere, `${schemaFile} is missing`).toBe(true);
  });

  const named = Object.entries(documents).flatMap(([name, document]) => (typeof document === 'string' ? [{ name, document }] : []));
  const schema = isThere ? buildSchema(readFileSync(schemaFile, 'utf8')) : undefined;

  it.skipIf(schema === undefined).each(named)('$name is valid', ({ document }) => {
    const problems = schema === undefined ? [] : validate(schema, parse(document));

    expect(problems.map(({ message }) => message)).toEqual([]);
  });

  it('are all here', () => {
    expect(named.length).toBeGreaterThanOrEqual(14);
  });
});
