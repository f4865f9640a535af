import Table from 'cli-table3';
import pc from 'picocolors';
import type { Report } from '../report/report.ts';

/** What a person sees while the run goes on. */
export interface Progress {
  readonly nowMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly orders: number;
  readonly unitsAccepted: number;
  readonly unitsRefused: number;
  readonly published: number;
  readonly dirty: number;
  readonly last: string;
}

/** Where the run is shown. */
export interface View {
  line(text: string): void;
  progress(progress: Progress): void;
  end(): void;
}

/** A terminal narrower than this gets a shorter bar and a date without its year. */
const ROOMY_COLUMNS = 100;

function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function progressText({ nowMs, startMs, endMs, orders, unitsAccepted, unitsRefused, published, dirty }: Progress, columns: number): string {
  const roomy = columns >= ROOMY_COLUMNS;
  const width = roomy ? 24 : 8;
  const part = Math.min(1, Math.max(0, (nowMs - startMs) / Math.max(1, endMs - startMs)));
  const filled = Math.round(part * width);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
  const sync = dirty === 0 ? pc.green('in sync') : pc.yellow(`${String(dirty)} to push`);
  const when = roomy ? clockText(nowMs) : clockText(nowMs).slice(5);
  return `${pc.cyan(bar)} ${when}  ${String(orders)} orders  sold ${String(unitsAccepted)}  refused ${String(unitsRefused)}  pushed ${String(published)}  ${sync}`;
}

/** The run in a terminal: what happens scrolls by, and one line at the bottom moves. */
export function terminalView(out: NodeJS.WriteStream): View {
  let shown = false;
  let last = '';
  const clear = (): void => {
    if (shown) out.write('\r\u001b[2K');
    shown = false;
  };
  return {
    line: (text) => {
      clear();
      out.write(`${text}\n`);
    },
    progress: (progress) => {
      clear();
      if (progress.last !== last && progress.last !== '') out.write(`${pc.dim(`  ${fit(progress.last, (out.columns || 80) - 3)}`)}\n`);
      last = progress.last;
      const columns = out.columns || 80;
      out.write(fit(progressText(progress, columns), columns - 1));
      shown = true;
    },
    end: clear,
  };
}

/** The run in a file or a pipe: a plain line now and then. */
export function plainView(out: NodeJS.WriteStream): View {
  let next = 0;
  return {
    line: (text) => { out.write(`${text}\n`); },
    progress: (progress) => {
      const tenth = Math.floor((10 * (progress.nowMs - progress.startMs)) / Math.max(1, progress.endMs - progress.startMs));
      if (tenth < next) return;
      next = tenth + 1;
      out.write(`${clockText(progress.nowMs)}  ${String(progress.orders)} orders, ${String(progress.unitsAccepted)} units sold, ${String(progress.unitsRefused)} refused, ${String(progress.published)} numbers pushed, ${String(progress.dirty)} to push\n`);
    },
    end: () => undefined,
  };
}

/** Cuts a text to a width; escape sequences of colours take none. */
function fit(text: string, width: number): string {
  let used = 0;
  let cut = '';
  for (const part of text.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith('\u001b')) {
      cut += part;
      continue;
    }
    const rest = [...part].slice(0, Math.max(0, width - used));
    used += rest.length;
    cut += rest.join('');
  }
  return cut;
}

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
function lanesText({ lanes: { stockwright, copier } }: Report): string {
  const table = new Table({ ...FRAME, head: ['The same orders at the same times', 'Stockwright', `on-hand copied every ${String(copier.everyMinutes)} min`], colAligns: ['left', 'right', 'right'] });
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
  return [table.toString(), ...oversoldText(report), lanesText(report)].join('\n');
}
