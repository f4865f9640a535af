/** One of Amazon's three endpoints: North America with Brazil, Europe with the Middle East and India, the Far East. @public */
export type AmazonRegion = 'na' | 'eu' | 'fe';

/** Where each region answers (Amazon: "SP-API Endpoints", read 2026-11). */
export const ENDPOINTS: Readonly<Record<AmazonRegion, string>> = {
  na: 'https://sellingpartnerapi-na.amazon.com',
  eu: 'https://sellingpartnerapi-eu.amazon.com',
  fe: 'https://sellingpartnerapi-fe.amazon.com',
};

/** The marketplaces of each region (Amazon: "Marketplace IDs", read 2026-11). New ones are added now and then. */
const MARKETPLACES: Readonly<Record<AmazonRegion, readonly string[]>> = {
  na: ['ATVPDKIKX0DER', 'A2EUQ1WTGCTBG2', 'A1AM78C64UM0Y8', 'A2Q3Y263D00KWC'],
  eu: [
    'A1F83G8C2ARO7P', 'A1PA6795UKMFR9', 'A13V1IB3VIYZZH', 'APJ6JRA9NG5V4', 'A1RKKUPIHCS9HS', 'A1805IZSGTT6HS', 'A1C3SOZRARQ6R3', 'A2NODRKZP88ZB9',
    'AMEN7PMS3EDWL', 'A28R8C7NBKEWEA', 'A33AVAJ2PDY3EV', 'A2VIGQ35RCS4UG', 'A17E79C6D8DWNP', 'ARBP9OOSHTCHU', 'A21TJRUUN4KGV',
  ],
  fe: ['A1VC38T7YXB528', 'A39IBJ37TRP1C6', 'A19VAU5U5O7RUS'],
};

/** The region of a marketplace, where it is a known one. */
export function regionOf(marketplaceId: string): AmazonRegion | undefined {
  return (['na', 'eu', 'fe'] as const).find((region) => MARKETPLACES[region].includes(marketplaceId));
}
