import { buildSchema, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { ShopifyApiVersion } from './options.ts';
import { shopSdl } from './sdl.ts';

/** A document that holds against a schema, or why not. */
export type CheckedDocument =
  | { readonly document: DocumentNode; readonly errors?: never }
  | { readonly document?: never; readonly errors: readonly GraphQLError[] };

/** Programs send few documents; a test that makes up many must not keep them all. */
const CHECKED_DOCUMENTS_MAX = 500;

// Schemas and checked documents never change, so all shops of a process share them: a simulation builds thousands of shops.
const schemas = new Map<ShopifyApiVersion, GraphQLSchema>();
const checkedBySchema = new WeakMap<GraphQLSchema, Map<string, CheckedDocument>>();

/** The schema of a version. */
export function shopSchema(version: ShopifyApiVersion): GraphQLSchema {
  const known = schemas.get(version);
  if (known !== undefined) return known;
  const schema = buildSchema(shopSdl(version));
  schemas.set(version, schema);
  return schema;
}

/** Reads and validates a document. */
export function checkDocument(schema: GraphQLSchema, text: string): CheckedDocument {
  const checked = checkedBySchema.get(schema) ?? new Map<string, CheckedDocument>();
  checkedBySchema.set(schema, checked);
  const known = checked.get(text);
  if (known !== undefined) return known;
  const fresh = check(schema, text);
  if (checked.size >= CHECKED_DOCUMENTS_MAX) checked.clear();
  checked.set(text, fresh);
  return fresh;
}

function check(schema: GraphQLSchema, text: string): CheckedDocument {
  try {
    const document = parse(text);
    const errors = validate(schema, document, specifiedRules);
    return errors.length === 0 ? { document } : { errors };
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? error : new GraphQLError('The query cannot be read.')] };
  }
}
