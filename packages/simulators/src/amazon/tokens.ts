import { denied } from './answers.ts';
import type { ApiError } from './answers.ts';

/** How long an access token lives. */
export const TOKEN_LIFETIME_MS: number = 3600 * 1000;
/** The scope of operations that need no seller. */
export const NOTIFICATIONS_SCOPE = 'sellingpartnerapi::notifications';

/** Whom a token speaks for: a seller, or the application alone. */
export type TokenKind = 'seller' | 'grantless';

/** The vendor's login: it hands out tokens and knows them again. */
export interface TokenDesk {
  /** Answers `POST /auth/o2/token`. */
  answer(contentType: string | null, text: string): { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
  /** Whether a token may call an operation of this kind; the error to answer where not. */
  check(token: string | null, wanted: TokenKind): ApiError | undefined;
}

/** What the desk compares with. */
export interface TokenDeskSettings {
  readonly now: () => number;
  /** A long random text. */
  readonly secret: () => string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

/** A desk without tokens. They expire by the clock. */
export function createTokenDesk(settings: TokenDeskSettings): TokenDesk {
  const { now } = settings;
  const tokens = new Map<string, { readonly kind: TokenKind; readonly expiresAtMs: number }>();
  const issue = (kind: TokenKind): string => {
    // Tokens that died a day ago read as unknown ones; a long run does not keep them all.
    for (const [token, { expiresAtMs }] of tokens) {
      if (expiresAtMs + 24 * TOKEN_LIFETIME_MS > now()) break;
      tokens.delete(token);
    }
    const token = `Atza|${settings.secret()}`;
    tokens.set(token, { kind, expiresAtMs: now() + TOKEN_LIFETIME_MS });
    return token;
  };
  return {
    answer: (contentType, text) => {
      if (contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded') !== true) {
        return refuse(400, 'invalid_request', 'The request has an unsupported content type.');
      }
      const form = new URLSearchParams(text);
      const grant = form.get('grant_type');
      const refusal = clientError(settings, form) ?? grantError(settings, form);
      if (refusal !== undefined) return refusal;
      const kind = grant === 'refresh_token' ? 'seller' : 'grantless';
      const granted = { access_token: issue(kind), token_type: 'bearer', expires_in: TOKEN_LIFETIME_MS / 1000 };
      return { status: 200, body: kind === 'seller' ? { ...granted, refresh_token: settings.refreshToken } : granted };
    },
    check: (token, wanted) => {
      if (token === null || token === '') return denied('Access token is missing in the request header.');
      const known = tokens.get(token);
      if (known === undefined) return denied('The access token you provided is revoked, malformed or invalid.');
      if (known.expiresAtMs <= now()) return denied('The access token you provided has expired.');
      return known.kind === wanted ? undefined : denied('');
    },
  };
}

type Refusal = ReturnType<TokenDesk['answer']>;

function clientError({ clientId, clientSecret }: TokenDeskSettings, form: URLSearchParams): Refusal | undefined {
  const isKnown = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
  return isKnown ? undefined : refuse(401, 'invalid_client', 'Client authentication failed');
}

function grantError({ refreshToken }: TokenDeskSettings, form: URLSearchParams): Refusal | undefined {
  switch (form.get('grant_type')) {
    case 'refresh_token':
      if (form.get('refresh_token') === refreshToken) return undefined;
      return refuse(400, 'invalid_grant', "The request has an invalid grant parameter : refresh_token. User may have revoked or didn't grant the permission.");
    case 'client_credentials':
      return form.get('scope') === NOTIFICATIONS_SCOPE ? undefined : refuse(400, 'invalid_scope', 'The request has an invalid parameter : scope');
    default:
      return refuse(400, 'unsupported_grant_type', 'The authorization grant type is not supported by the authorization server');
  }
}

function refuse(status: number, error: string, description: string): Refusal {
  return { status, body: { error_description: description, error } };
}
