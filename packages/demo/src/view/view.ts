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

/** The summary at the end. */
export function summaryText({ summary, calls, input }: Report, { adds, columns }: { adds: string; columns: number }): string {
  const table = new Table({
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }, style: { head: [], border: [] },
    ...(columns < ROOMY_COLUMNS ? { colWidths: [FIRST_COLUMN, Math.max(20, columns - FIRST_COLUMN - 3)], wordWrap: true } : {}),
  });
  const reads = Object.values(calls['netsuite'] ?? {}).reduce((sum, count) => sum + count, 0);
  const writes = calls['shopify']?.['inventorySetQuantities'] ?? 0;
  const others = Object.values(calls['shopify'] ?? {}).reduce((sum, count) => sum + count, 0) - writes;
  table.push(
    ['Orders taken', `${String(summary.orders)} (${String(summary.linesOffered)} lines offered, ${String(input.leftOut.length)} left out)`],
    ['Units sold / refused', `${String(summary.unitsAccepted)} / ${String(summary.unitsRefused)} of ${String(summary.unitsOffered)}`],
    ['Cancelled / returned / corrected', `${String(summary.unitsCancelled)} / ${String(summary.unitsReturned)} / ${String(summary.unitsAdjusted)} units`],
    ['Skus sold out at the end', String(summary.skusSoldOut)],
    ['Numbers pushed', `${String(summary.publishedNumbers)} in ${String(writes)} writes, ${String(summary.compareConflicts)} met a newer number and were sent again`],
    ['From a change to the shop', `median ${seconds(summary.medianSyncMs)}, slowest ${seconds(summary.slowestSyncMs)}`],
    ['Calls', `${String(reads)} to NetSuite, ${String(writes + others)} to Shopify`],
    ['Out of sync at the end', summary.outOfSync === 0 ? pc.green('nothing') : pc.red(`${String(summary.outOfSync)} numbers`)],
    ['Does it add up', adds],
  );
  return table.toString();
}
