export { createNetSuite } from './create-netsuite.ts';
export { NETSUITE_CAPABILITIES } from './netsuite-capabilities.ts';
export type {
  NetSuiteLineColumns,
  NetSuiteOAuth2,
  NetSuiteOrderReference,
  NetSuiteSettings,
  NetSuiteTokenBased,
} from './netsuite-settings.ts';
