import type { KeyObject } from 'node:crypto';
import { assertionProblem } from './assertion.ts';
import type { NetSuiteSimulatorOptions } from './options.ts';

const TOKEN_LIFETIME_S = 3600;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Gives out access tokens and knows which of them are good. */
export interface TokenDesk {
  /** Answers a request for a token. */
  grant(request: Request): Promise<Response>;
  isAuthorized(request: Request): boolean;
}

/** Client credentials with a signed assertion: no refresh tokens, a new assertion each time. */
export function createTokenDesk(options: NetSuiteSimulatorOptions, publicKey: KeyObject): TokenDesk {
  const { clock, random, clientId, certificateId } = options;
  const expiryMs = new Map<string, number>();
  return {
    grant: async (request) => {
      const form = new URLSearchParams(await request.text());
      const nowMs = clock.now();
      if (form.get('grant_type') !== 'client_credentials') return refuse('unsupported_grant_type', 'Only client_credentials is simulated.');
      if (form.get('client_assertion_type') !== ASSERTION_TYPE) return refuse('invalid_request', 'The assertion type is missing or wrong.');
      const { origin, pathname } = new URL(request.url);
      const expected = { clientId, certificateId, publicKey, tokenUrl: origin + pathname, nowMs };
      const problem = assertionProblem(form.get('client_assertion') ?? '', expected);
      if (problem !== undefined) return refuse('invalid_grant', problem);
      for (const [token, expiresAtMs] of expiryMs) if (expiresAtMs <= nowMs) expiryMs.delete(token);
      const token = `token-${randomHex(random)}`;
      expiryMs.set(token, nowMs + TOKEN_LIFETIME_S * 1000);
      return Response.json({ access_token: token, expires_in: TOKEN_LIFETIME_S, token_type: 'Bearer' });
    },
    isAuthorized: (request) => {
      const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
      return (expiryMs.get(token) ?? -Infinity) > clock.now();
    },
  };
}

function refuse(error: string, description: string): Response {
  return Response.json({ error, error_description: description }, { status: 400 });
}

function randomHex(random: { next(): number }): string {
  return Array.from({ length: 4 }, () => Math.floor(random.next() * 0x1_0000_0000).toString(16).padStart(8, '0')).join('');
}
