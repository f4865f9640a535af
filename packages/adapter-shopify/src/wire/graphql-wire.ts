import { z } from 'zod';

/** What a query cost and what the bucket still holds, in Shopify's points. */
export interface CostWire {
  readonly requestedQueryCost?: number | null | undefined;
  readonly throttleStatus?:
    | { readonly maximumAvailable?: number | null | undefined; readonly currentlyAvailable: number; readonly restoreRate: number }
    | null
    | undefined;
}

/** One top-level error. */
export interface GraphqlErrorWire {
  readonly message: string;
  readonly extensions?: { readonly code?: string | null | undefined; readonly requiredAccess?: string | null | undefined } | null | undefined;
}

/** The envelope of every answer. */
export interface EnvelopeWire {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlErrorWire[] | null | undefined;
  readonly extensions?: { readonly cost?: CostWire | null | undefined } | null | undefined;
}

export const envelopeSchema: z.ZodType<EnvelopeWire> = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        extensions: z.object({ code: z.string().nullish(), requiredAccess: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number().nullish(),
          throttleStatus: z
            .object({ maximumAvailable: z.number().nullish(), currentlyAvailable: z.number(), restoreRate: z.number() })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** An error of a mutation: `code` is absent on some payloads, `field` is a path of texts or null. */
export interface UserErrorWire {
  readonly code?: string | null | undefined;
  readonly field?: readonly string[] | null | undefined;
  readonly message: string;
}

export const userErrorSchema: z.ZodType<UserErrorWire> = z.object({
  code: z.string().nullish(),
  field: z.array(z.string()).nullish(),
  message: z.string(),
});

/** A page of a connection. */
export interface ConnectionWire<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

/** The schema of a connection over the schema of its nodes. */
export function connectionSchema<Node>(node: z.ZodType<Node>): z.ZodType<ConnectionWire<Node>> {
  return z.object({
    nodes: z.array(node),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  });
}

/** The cursor of the page after this one, where there is one. */
export function nextCursor({ pageInfo }: ConnectionWire<unknown>): string | undefined {
  return pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
}
