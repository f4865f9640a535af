import type { CallContext } from '@stockwright/adapter';
import { parseJson, parseResponse, type Transport } from '@stockwright/adapter-kit';
import { isStockwrightError } from '@stockwright/core';
import { tokenError } from '../amazon-errors.ts';
import type { ResolvedSettings } from '../amazon-settings.ts';
import { tokenSchema } from '../wire/token-wire.ts';

/** A token is renewed so long before it ends, so that it does not end on its way. */
const RENEW_BEFORE_MS = 60_000;
/** The longest time for one try. */
const REQUEST_TIMEOUT_MS = 10_000;

/** The access tokens of one seller's authorisation. */
export interface AccessTokens {
  /** @throws `UNAUTHENTICATED` where the authorisation or the application's secret is no longer accepted. */
  get(context: CallContext): Promise<string>;
  /** Forgets a token that Amazon no longer takes; a newer one stays. */
  forget(token: string): void;
}

interface Token {
  readonly value: string;
  readonly renewAtMs: number;
}

/** Keeps a token until shortly before it ends; however many calls need a new one at once, one is fetched. */
export function createAccessTokens(settings: ResolvedSettings, transport: Transport): AccessTokens {
  let kept: Token | undefined;
  let fetching: Promise<Token> | undefined;

  async function fetchToken(context: CallContext): Promise<Token> {
    const facts = { adapter: 'amazon', operation: 'token' };
    const sentAtMs = context.clock.now();
    const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', accept: 'application/json', 'user-agent': settings.userAgent };
    const request = { operation: facts.operation, method: 'POST', url: settings.lwaUrl, headers, body: formOf(settings), safe: true } as const;
    const response = await transport.send({ ...request, timeoutMs: REQUEST_TIMEOUT_MS }, context);
    if (response.status !== 200) throw tokenError({ ...facts, nowMs: context.clock.now() }, response);
    const { access_token: value, expires_in: seconds } = parseResponse(tokenSchema, parseJson(response.text, facts), facts);
    kept = { value, renewAtMs: sentAtMs + seconds * 1000 - RENEW_BEFORE_MS };
    return kept;
  }

  async function get(context: CallContext): Promise<string> {
    if (kept !== undefined && context.clock.now() < kept.renewAtMs) return kept.value;
    const isOwn = fetching === undefined;
    fetching ??= fetchToken(context).finally(() => {
      fetching = undefined;
    });
    try {
      return (await fetching).value;
    } catch (error) {
      // Whoever began it gave up or ran out of time; that says nothing about this caller.
      const wasTheirs = !isOwn && isStockwrightError(error) && (error.code === 'ABORTED' || error.code === 'UNAVAILABLE');
      if (wasTheirs && !context.signal.aborted && context.clock.now() < context.deadlineMs) return get(context);
      throw error;
    }
  }

  return {
    get,
    forget: (token) => {
      if (kept?.value === token) kept = undefined;
    },
  };
}

function formOf({ clientId, clientSecret, refreshToken }: ResolvedSettings): string {
  return new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId, client_secret: clientSecret }).toString();
}
