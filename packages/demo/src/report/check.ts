import type { Report } from './report.ts';

/**
 * Whether a report adds up, per sku: initial + adjustments + returns - accepted + cancelled before shipment =
 * on hand - committed; every channel shows what it should; and every oversold unit was in flight.
 *
 * @returns One sentence per problem; none where it adds up.
 */
export function checkReport(report: Report): readonly string[] {
  const expected = new Map<string, number>();
  const add = (sku: string, units: number): void => { expected.set(sku, (expected.get(sku) ?? 0) + units); };
  report.initial.forEach(({ sku, onHand }) => { add(sku, onHand); });
  report.adjustments.forEach(({ sku, quantity }) => { add(sku, quantity); });
  report.returns.forEach(({ sku, quantity }) => { add(sku, quantity); });
  report.cancellations.forEach(({ sku, quantity }) => { add(sku, quantity); });
  report.offered.forEach(({ sku, accepted }) => { add(sku, -accepted); });
  const actual = new Map<string, number>();
  for (const { sku, account, quantity } of report.ledger) {
    const sign = account === 'onHand' ? 1 : account === 'committed' ? -1 : 0;
    actual.set(sku, (actual.get(sku) ?? 0) + sign * Number(quantity));
  }
  const problems: string[] = [];
  for (const [sku, units] of expected) {
    if (units !== (actual.get(sku) ?? 0)) problems.push(`${sku} comes to ${String(units)} by what happened and to ${String(actual.get(sku) ?? 0)} by the ledger`);
  }
  for (const { channel, sku, location, want, shown } of report.shown) {
    if (want !== shown) problems.push(`${sku} at ${channel}${location === '' ? '' : ` ${location}`} should show ${want} and shows ${shown}`);
  }
  for (const { line, sku, units, inFlight } of report.oversold) {
    const there = inFlight.reduce((sum, each) => sum + each.units, 0);
    if (there < units) problems.push(`line ${String(line)}: ${String(units)} of ${sku} oversold, and only ${String(there)} were in flight`);
  }
  return problems;
}
