import Table from 'cli-table3';
import pc from 'picocolors';
import type { Report } from '../report/report.ts';
import { ROOMY_COLUMNS } from './view.ts';

/** As wide as the longest name in the summary, with its padding. */
const FIRST_COLUMN = 34;

function seconds(ms: number): string {
  return ms >= 120_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 1000).toFixed(1)} s`;
}

function thousands(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

const FRAME = { chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }, style: { head: [], border: [] } };

/** The headline: the same customers, two ways of keeping the shops. */
function lanesText({ lanes: { stockwright, copier } }: Report, columns: number): string {
  const narrow = columns < ROOMY_COLUMNS;
  const table = new Table({
    ...FRAME, head: ['The same orders at the same times', 'Stockwright', narrow ? `copied / ${String(copier.everyMinutes)} min` : `on-hand copied every ${String(copier.everyMinutes)} min`],
    colAligns: ['left', 'right', 'right'], ...(narrow ? { colWidths: [44, 14, 18], wordWrap: true } : {}),
  });
  const better = (ours: number, theirs: number): string => (ours < theirs ? pc.green(thousands(ours)) : thousands(ours));
  table.push(
    ['Oversold units', better(stockwright.oversoldUnits, copier.oversoldUnits), thousands(copier.oversoldUnits)],
    ['Orders to cancel for it', better(stockwright.ordersToCancel, copier.ordersToCancel), thousands(copier.ordersToCancel)],
    ['Listing minutes that offered too much', better(stockwright.staleMinutes, copier.staleMinutes), thousands(copier.staleMinutes)],
    ['Units sold in orders that can be delivered', thousands(stockwright.unitsDeliverable), thousands(copier.unitsDeliverable)],
  );
  return table.toString();
}

/** What was oversold all the same, and how it could happen. */
function oversoldText({ oversold }: Report): readonly string[] {
  const lines = oversold.slice(0, 3).map(({ order, channel, sku, at, units, inFlight }) => {
    const [newest] = inFlight;
    const gap = newest === undefined ? '' : `, ${seconds(Date.parse(at) - Date.parse(newest.at))} after ${newest.channel === undefined ? 'the warehouse corrected it' : `${newest.order} took ${thousands(newest.units)} at ${newest.channel}`}`;
    return `  ${thousands(units)} of ${sku} in ${order} at ${channel}${gap}, which was still on its way`;
  });
  if (oversold.length > 3) lines.push(`  and ${String(oversold.length - 3)} more, all in the report`);
  return oversold.length === 0 ? [] : ['Oversold while the news was on its way:', ...lines];
}

/** The summary at the end. */
export function summaryText(report: Report, { adds, columns }: { adds: string; columns: number }): string {
  const { summary, calls, input, faults } = report;
  const table = new Table({ ...FRAME, ...(columns < ROOMY_COLUMNS ? { colWidths: [FIRST_COLUMN, Math.max(20, columns - FIRST_COLUMN - 3)], wordWrap: true } : {}) });
  const total = (vendor: string): string => thousands(Object.entries(calls[vendor] ?? {}).reduce((sum, [name, count]) => (name.endsWith('throttled') ? sum : sum + count), 0));
  const wrong = Object.values(faults.counts).reduce((sum, count) => sum + count, 0);
  table.push(
    ['Orders taken', `${thousands(summary.orders)} (${thousands(summary.linesOffered)} lines offered, ${String(input.leftOut.length)} left out)`],
    ['Units sold / refused', `${thousands(summary.unitsAccepted)} / ${thousands(summary.unitsRefused)} of ${thousands(summary.unitsOffered)}`],
    ['Cancelled / returned / corrected', `${String(summary.unitsCancelled)} / ${String(summary.unitsReturned)} / ${String(summary.unitsAdjusted)} units`],
    ['Skus sold out at the end', String(summary.skusSoldOut)],
    ['Numbers pushed', `${thousands(summary.publishedNumbers)}; ${thousands(summary.compareConflicts)} met a newer number and were sent again`],
    ...Object.entries(summary.freshness).map(([channel, { medianMs, slowestMs }]) => [`From a change to ${channel}`, `median ${seconds(medianMs)}, slowest ${seconds(slowestMs)}`]),
    ['Calls', ['netsuite', 'shopify', 'amazon'].map((vendor) => `${total(vendor)} to ${vendor}`).join(', ')],
    ...(faults.level === 'none' ? [] : [['Went wrong on purpose', `${thousands(wrong)} times (${faults.level})`]]),
    ['Out of sync at the end', summary.outOfSync === 0 ? pc.green('nothing') : pc.red(`${String(summary.outOfSync)} numbers`)],
    ['Does it add up', adds],
  );
  return [table.toString(), ...oversoldText(report), lanesText(report, columns)].join('\n');
}
