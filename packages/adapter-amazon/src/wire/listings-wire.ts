import type { Instant } from '@stockwright/core';
import { z } from 'zod';
import { instantSchema } from './instant-wire.ts';

/** What Amazon really offers through one fulfilment channel. Without a quantity nobody can say how much. */
export interface FulfillmentWire {
  readonly fulfillmentChannelCode: string;
  readonly quantity?: number | undefined;
}

/** A listing, as far as it is about stock. */
export interface ListingWire {
  readonly sku: string;
  readonly fulfillmentAvailability?: readonly FulfillmentWire[] | undefined;
  readonly summaries?: readonly { readonly marketplaceId: string; readonly createdDate?: Instant | undefined }[] | undefined;
}

export const listingSchema: z.ZodType<ListingWire> = z.object({
  sku: z.string(),
  fulfillmentAvailability: z.array(z.object({ fulfillmentChannelCode: z.string(), quantity: z.number().int().min(0).optional() })).optional(),
  summaries: z.array(z.object({ marketplaceId: z.string(), createdDate: instantSchema.optional() })).optional(),
});

/** A page of a search for listings. */
export interface ListingsWire {
  readonly numberOfResults: number;
  readonly items: readonly ListingWire[];
  readonly pagination?: { readonly nextToken?: string | undefined } | undefined;
}

export const listingsSchema: z.ZodType<ListingsWire> = z.object({
  numberOfResults: z.number().int(),
  items: z.array(listingSchema),
  pagination: z.object({ nextToken: z.string().optional() }).optional(),
});

/** Something that Amazon has to say about a listing or a write to it. */
export interface IssueWire {
  readonly code: string;
  readonly message: string;
  /** `ERROR`, `WARNING` or `INFO`. */
  readonly severity: string;
  readonly attributeNames?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
}

/** The answer to a patch. It comes with HTTP 200 also where Amazon refuses the content. */
export interface SubmissionWire {
  /** `ACCEPTED`, `INVALID` or, in a preview, `VALID`. */
  readonly status: string;
  readonly submissionId: string;
  readonly issues?: readonly IssueWire[] | undefined;
}

export const submissionSchema: z.ZodType<SubmissionWire> = z.object({
  status: z.string(),
  submissionId: z.string(),
  issues: z
    .array(
      z.object({
        code: z.string(),
        message: z.string(),
        severity: z.string(),
        attributeNames: z.array(z.string()).optional(),
        categories: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});
