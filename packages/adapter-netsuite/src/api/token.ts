import type { CallContext } from '@stockwright/adapter';
import { parseJson, parseResponse, type Transport } from '@stockwright/adapter-kit';
import { isStockwrightError } from '@stockwright/core';
import type { Authorization } from '../auth/authorization.ts';
import { clientAssertion, readPrivateKey } from '../auth/client-assertion.ts';
import { netSuiteError } from '../netsuite-errors.ts';
import type { NetSuiteOAuth2 } from '../netsuite-settings.ts';
import { tokenWire } from '../wire/token-wire.ts';
import { factsOf } from './suiteql.ts';

const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';
/** A token is renewed so long before it ends, so that it does not end on its way. */
const RENEW_BEFORE_MS = 60_000;

interface Token {
  readonly header: string;
  readonly renewAtMs: number;
}

/**
 * Authorisation by client credentials: a token is kept until shortly before it ends, and however many calls need a new one
 * at once, one is fetched.
 *
 * @throws `INVALID_CONFIGURATION` where the private key cannot sign.
 * @see NetSuite help, section_162755359851 (read 2026-11)
 */
export function clientCredentials(auth: NetSuiteOAuth2, { transport, endpoint }: { readonly transport: Transport; readonly endpoint: string }): Authorization {
  const key = readPrivateKey(auth);
  const tokenUrl = `${endpoint}${TOKEN_PATH}`;
  let kept: Token | undefined;
  let fetching: Promise<Token> | undefined;

  async function fetchToken(context: CallContext): Promise<Token> {
    const facts = factsOf('oauth2 token');
    const sentAtMs = context.clock.now();
    const assertion = clientAssertion(auth, key, { nowMs: sentAtMs, id: context.random.uuid(), tokenUrl });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    const response = await transport.send({ operation: facts.operation, method: 'POST', url: tokenUrl, headers, body: formOf(assertion), safe: true }, context);
    if (response.status !== 200) throw netSuiteError(response, facts, context);
    const wire = parseResponse(tokenWire, parseJson(response.text, facts), facts);
    kept = { header: `Bearer ${wire.access_token}`, renewAtMs: sentAtMs + Number(wire.expires_in) * 1000 - RENEW_BEFORE_MS };
    return kept;
  }

  async function header(context: CallContext): Promise<string> {
    if (kept !== undefined && context.clock.now() < kept.renewAtMs) return kept.header;
    fetching ??= fetchToken(context).finally(() => {
      fetching = undefined;
    });
    try {
      return (await fetching).header;
    } catch (error) {
      // Somebody else's patience ended, not this caller's.
      if (isStockwrightError(error) && error.code === 'ABORTED' && !context.signal.aborted) return header(context);
      throw error;
    }
  }

  return {
    isRepeatable: true,
    header: (_call, context) => header(context),
    isRenewable: (refused) => {
      if (kept?.header === refused) kept = undefined;
      return true;
    },
  };
}

function formOf(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
}
