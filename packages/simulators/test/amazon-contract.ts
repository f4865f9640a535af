import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

// The vendor's models are not ours to publish, so they stand beside the repository, where there are any.
const shared = process.env['STOCKWRIGHT_SHARED'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../../shared');
export const folder: string = join(shared, 'contracts/amazon');

const MODELS = ['listingsItems_2021-08-01', 'orders_2026-01-01', 'feeds_2021-06-30', 'notifications', 'fbaInventory'] as const;
const MESSAGES: Readonly<Record<string, string>> = {
  ORDER_CHANGE: 'OrderChangeNotification',
  LISTINGS_ITEM_MFN_QUANTITY_CHANGE: 'ListingsItemMfnQuantityChange',
  FEED_PROCESSING_FINISHED: 'FeedProcessingFinishedNotification',
  FBA_INVENTORY_AVAILABILITY_CHANGES: 'FBAInventoryAvailabilityChangeNotification',
};
const FEEDS = ['listings-feed-schema-v2', 'listings-feed-processing-report-schema-v2'] as const;
const files: readonly string[] = [
  ...MODELS.map((name) => `${name}.json`),
  ...Object.values(MESSAGES).map((name) => `schemas/notifications/${name}.json`),
  ...FEEDS.map((name) => `schemas/feeds/${name}.json`),
];

/** Whether every file that the checks read is there. */
export const isPresent: boolean = files.every((file) => existsSync(join(folder, file)));

type Json = Readonly<Record<string, unknown>>;

/** One operation of a vendor model. */
export interface ModelledOperation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  /** By status: the check of the body, or nothing where the model has no body. */
  readonly responses: ReadonlyMap<string, ValidateFunction | undefined>;
}

/** The vendor's models as checks. */
export interface VendorContract {
  readonly operations: ReadonlyMap<string, ModelledOperation>;
  /** What is wrong with an answer; nothing where all is well. */
  problemsOf(answer: { readonly operation: string; readonly status: number; readonly headers: Headers; readonly body: unknown }): readonly string[];
  /** What is wrong with the text of a message; a wrapped one is looked into. */
  problemsOfMessage(text: string): readonly string[];
  problemsOfReport(report: unknown): readonly string[];
  problemsOfFeed(feed: unknown): readonly string[];
}

/** Reads the models. Objects are closed: a field that the model does not have is a problem too. */
export function readContract(): VendorContract {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const operations = new Map<string, ModelledOperation>();
  for (const name of MODELS) {
    const model = readModel(name);
    ajv.addSchema({ $id: name, definitions: closed(model['definitions']) } as object);
    for (const operation of operationsOf(ajv, name, model)) operations.set(operation.operationId, operation);
  }
  const [feed, report] = FEEDS.map((name) => ajv.compile(withoutId(readModel(`schemas/feeds/${name}`)))) as [ValidateFunction, ValidateFunction];
  const messages = new Map(Object.entries(MESSAGES).map(([type, file]) => [type, ajv.compile(closed(withoutId(readModel(`schemas/notifications/${file}`))) as object)]));
  const check = (validate: ValidateFunction | undefined, value: unknown): readonly string[] => {
    if (validate === undefined) return ['there is no schema for it'];
    return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`);
  };
  return {
    operations,
    problemsOf: ({ operation, status, headers, body }) => {
      const responses = operations.get(operation)?.responses;
      if (responses?.has(String(status)) !== true) return [`${operation} has no answer ${String(status)} at the vendor`];
      const validate = responses.get(String(status));
      const headerProblems = headers.get('x-amzn-requestid') === null ? ['x-amzn-requestid is missing'] : [];
      const bodyProblems = validate === undefined ? (body === undefined ? [] : ['the vendor sends no body']) : check(validate, body);
      return [...headerProblems, ...bodyProblems].map((problem) => `${operation} ${String(status)}: ${problem}`);
    },
    problemsOfMessage: (text) => {
      const parsed = JSON.parse(text) as Json;
      const envelope = (parsed['detail'] ?? parsed) as Json;
      return check(messages.get(String(envelope['NotificationType'] ?? envelope['notificationType'])), envelope);
    },
    problemsOfReport: (value) => check(report, value),
    problemsOfFeed: (value) => check(feed, value),
  };
}

function readModel(name: string): Json {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Json;
}

/** The vendor gives one id to several schemas, and names drafts that need no loading here. */
function withoutId(schema: Json): Json {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => ((key === '$id' || key === '$schema') && typeof value === 'string' ? undefined : value))) as Json;
}

interface Swagger {
  readonly operationId: string;
  readonly description: string;
  readonly parameters?: ModelledOperation['parameters'];
  readonly responses: Readonly<Record<string, { readonly schema?: { readonly $ref: string } }>>;
}

function operationsOf(ajv: Ajv, name: string, model: Json): readonly ModelledOperation[] {
  const paths = model['paths'] as Readonly<Record<string, Readonly<Record<string, Swagger>>>>;
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods)
    .filter(([, operation]) => typeof operation === 'object' && 'operationId' in operation)
    .map(([method, { operationId, description, parameters, responses }]) => ({
      operationId, method: method.toUpperCase(), path, description, parameters: parameters ?? [],
      responses: new Map(Object.entries(responses).map(([status, { schema }]) => [status, schema === undefined ? undefined : ajv.compile({ $ref: `${name}${schema.$ref}` })])),
    })));
}

/** Closes every object that lists its fields, but for parts that are joined by allOf. */
function closed(schema: unknown): unknown {
  const joined = new Set([...JSON.stringify(schema).matchAll(/"allOf":\[(.*?)\]/g)].flatMap(([, parts]) => [...(parts ?? '').matchAll(/#\/definitions\/(\w+)/g)].map(([, part]) => part)));
  const close = (value: unknown, name?: string): unknown => {
    if (Array.isArray(value)) return value.map((each) => close(each));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, each]) => [key, key === 'allOf' ? each : close(each, key)]);
    const isOpen = 'properties' in value && !('additionalProperties' in value) && !joined.has(name);
    return Object.fromEntries(isOpen ? [...entries, ['additionalProperties', false]] : entries);
  };
  return close(schema);
}
