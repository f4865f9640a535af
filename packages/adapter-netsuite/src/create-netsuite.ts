import type { InventorySource } from '@stockwright/adapter';
import { createTransport } from '@stockwright/adapter-kit';
import { readAcknowledgements } from './api/read-acknowledgements.ts';
import { readStock } from './api/read-stock.ts';
import { createSuiteQl } from './api/suiteql.ts';
import { clientCredentials } from './api/token.ts';
import { tokenBased } from './auth/token-based.ts';
import { NETSUITE_CAPABILITIES } from './netsuite-capabilities.ts';
import { hostOf, resolveSettings, type NetSuiteSettings } from './netsuite-settings.ts';

/**
 * NetSuite as the owner of stock, read with SuiteQL over REST.
 *
 * @remarks
 * Reads only. Reading everything takes one call per `pageSize` rows, reading changes one call per page (two while nothing
 * changes), reading acknowledgements two calls per 250 sales orders or fewer. Deleted transactions are not seen by reads of
 * changes, so everything should be read now and then. Units are those in which NetSuite keeps stock.
 *
 * @param settings - Whose account, how to sign in, and how its identifiers become ours.
 * @throws `INVALID_CONFIGURATION` where the settings cannot work; nobody is called.
 * @example
 * ```ts
 * const source = createNetSuite({
 *   id: parseSourceId('netsuite'),
 *   account: '1234567_SB1',
 *   auth: { kind: 'oauth2', clientId, certificateId, privateKeyPem, algorithm: 'PS256' },
 *   mappings: { skus: createMapping([['MUG-01', parseSku('MUG')]]), locations: createMapping([['1', parseLocationId('W1')]]) },
 *   orderReference: { column: 'otherrefnum', parse: (reference) => ({ channel: shop, orderId: reference }) },
 * })
 * source.account // => 'netsuite:1234567-sb1'
 * ```
 * @public
 */
export function createNetSuite(settings: NetSuiteSettings): InventorySource {
  const resolved = resolveSettings(settings);
  const { id, account, auth, endpoint, maxConcurrency, throttle, fetch } = resolved;
  const transport = createTransport({ adapter: 'netsuite', maxConcurrency, ...(throttle === undefined ? {} : { throttle }), ...(fetch === undefined ? {} : { fetch }) });
  const authorization = auth.kind === 'oauth2' ? clientCredentials(auth, { transport, endpoint }) : tokenBased(auth, account);
  const reader = { settings: resolved, suiteQl: createSuiteQl({ endpoint, transport, authorization }) };
  return {
    kind: 'source',
    contractVersion: 'v1',
    id,
    account: `netsuite:${hostOf(account)}`,
    capabilities: NETSUITE_CAPABILITIES,
    readStock: (request, page, context) => readStock(reader, { request, page }, context),
    readAcknowledgements: (since, page, context) => readAcknowledgements(reader, { since, page }, context),
  };
}
