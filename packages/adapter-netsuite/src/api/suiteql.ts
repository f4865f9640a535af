import { adapterError, type CallContext } from '@stockwright/adapter';
import { parseJson, parseResponse, type CallFacts, type Transport, type TransportRequest, type TransportResponse } from '@stockwright/adapter-kit';
import { isStockwrightError } from '@stockwright/core';
import { z } from 'zod';
import type { Authorization } from '../auth/authorization.ts';
import { MOMENT_FORMAT, readMoment, type Moment } from '../map/moment.ts';
import { netSuiteError } from '../netsuite-errors.ts';
import { momentWire, suiteQlWire } from '../wire/suiteql-wire.ts';

/** The database's own time when a statement ran, as a column. */
export const MOMENT_COLUMN: string = `TO_CHAR(CURRENT_TIMESTAMP, '${MOMENT_FORMAT}') AS moment`;
const MOMENT_STATEMENT = `SELECT ${MOMENT_COLUMN} FROM dual`;
const HTTP_UNAUTHORIZED = 401;

/** One statement. Values never stand in its text. */
export interface Statement<Row> {
  /** Which read, for errors: `suiteql stock`. */
  readonly operation: string;
  readonly sql: string;
  readonly parameters: readonly string[];
  readonly row: z.ZodType<Row>;
  /** The most rows of the answer, 1 to 1000. */
  readonly limit: number;
}

/** The first rows of a statement, in its order. */
export interface QueryResult<Row> {
  readonly rows: readonly Row[];
  readonly hasMore: boolean;
}

/** Runs statements. */
export interface SuiteQl {
  /** @throws StockwrightError of the adapter taxonomy. */
  query<Row>(statement: Statement<Row>, context: CallContext): Promise<QueryResult<Row>>;
  /** Asks for the database's own time alone. */
  readMoment(context: CallContext): Promise<Moment>;
}

/** What a client is made from. */
export interface SuiteQlSettings {
  readonly endpoint: string;
  readonly transport: Transport;
  readonly authorization: Authorization;
}

/** The facts that stand in every error of a call. */
export function factsOf(operation: string): CallFacts {
  return { adapter: 'netsuite', operation };
}

/**
 * A client of SuiteQL over REST. It always reads from the start of a statement: statements continue by key, because offsets
 * end at 100,000 rows and skip rows when something changes meanwhile.
 *
 * @see NetSuite help, section_157909186990 and section_156414087576 (read 2026-11)
 */
export function createSuiteQl(settings: SuiteQlSettings): SuiteQl {
  const query = async <Row>(statement: Statement<Row>, context: CallContext): Promise<QueryResult<Row>> => {
    const facts = factsOf(statement.operation);
    const response = await sendAuthorized(settings, toRequest(settings.endpoint, statement), context);
    if (response.status !== 200) throw netSuiteError(response, facts, context);
    const { items, hasMore } = parseResponse(suiteQlWire, parseJson(response.text, facts), facts);
    const rows = parseResponse(z.array(statement.row), items.map(withLowerCaseKeys), facts);
    if (hasMore === true && rows.length === 0) {
      throw adapterError('MALFORMED_RESPONSE', `NetSuite answered ${facts.operation} with no rows, and says that there are more`, facts);
    }
    return { rows, hasMore: hasMore ?? rows.length === statement.limit };
  };
  return {
    query,
    readMoment: async (context) => {
      const operation = 'suiteql moment';
      const { rows } = await query({ operation, sql: MOMENT_STATEMENT, parameters: [], row: momentWire, limit: 1 }, context);
      return readMoment(rows[0]?.moment ?? '', factsOf(operation));
    },
  };
}

type Unsigned = Omit<TransportRequest, 'headers' | 'method' | 'safe'> & { readonly method: 'POST' };

function toRequest(endpoint: string, { operation, sql, parameters, limit }: Statement<unknown>): Unsigned {
  return {
    operation,
    method: 'POST',
    url: `${endpoint}/services/rest/query/v1/suiteql?limit=${String(limit)}`,
    body: JSON.stringify({ q: sql, ...(parameters.length === 0 ? {} : { params: parameters }) }),
  };
}

/** A 401 may only mean that the token was taken back early: one new one is worth a try. */
async function sendAuthorized(settings: SuiteQlSettings, request: Unsigned, context: CallContext): Promise<TransportResponse> {
  const { authorization } = settings;
  const header = await authorization.header(request, context);
  const response = await sendOnce(settings, { request, header }, context);
  if (response.status !== HTTP_UNAUTHORIZED || !authorization.isRenewable(header)) return response;
  return sendOnce(settings, { request, header: await authorization.header(request, context) }, context);
}

async function sendOnce(
  { transport, authorization }: SuiteQlSettings,
  { request, header }: { readonly request: Unsigned; readonly header: string },
  context: CallContext,
): Promise<TransportResponse> {
  const headers = { authorization: header, 'content-type': 'application/json', accept: 'application/json', prefer: 'transient' };
  try {
    return await transport.send({ ...request, headers, safe: authorization.isRepeatable }, context);
  } catch (error) {
    // A header that counts once is sent once, but what it reads is a read: nothing can have been applied.
    if (!isStockwrightError(error) || error.code !== 'OUTCOME_UNKNOWN') throw error;
    if (context.signal.aborted) throw adapterError('ABORTED', `${request.operation} was given up by its caller`, factsOf(request.operation));
    throw adapterError('UNAVAILABLE', `${request.operation}: NetSuite could not be reached, or did not answer in time`, factsOf(request.operation));
  }
}

function withLowerCaseKeys(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
}
