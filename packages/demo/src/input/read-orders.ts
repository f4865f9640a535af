import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseInstant, instantToMs, parseQuantity, parseSku, StockwrightError } from '@stockwright/core';
import { parse } from 'csv-parse/sync';
import type { LeftOut, Replay, ReplayEvent, ReplayLine } from './replay.ts';

interface Record {
  readonly line: number;
  readonly invoice: string;
  readonly sku: string;
  readonly quantity: number;
  readonly country: string;
  readonly atMs: number;
}

const COLUMNS = ['invoice', 'sku', 'quantity', 'occurred_at', 'country'];

/** One sentence about a place in a file. */
export function refuseInput(file: string, line: number | undefined, message: string): StockwrightError {
  const place = line === undefined ? file : `${file} line ${String(line)}`;
  return new StockwrightError(`${place}: ${message}`, { code: 'INVALID_INPUT', details: { file, ...(line === undefined ? {} : { line }) } });
}

/** The rows of a CSV file under exactly these columns, each with its line. */
export function readCsv(path: string, columns: readonly string[]): readonly { readonly line: number; readonly cells: readonly string[] }[] {
  const file = basename(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw refuseInput(path, undefined, `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'}).`);
  }
  let rows: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
  try {
    rows = parse(text, { info: true, bom: true, relax_column_count: true, skip_empty_lines: true }) as unknown as typeof rows;
  } catch (error) {
    throw refuseInput(file, error instanceof Error && 'lines' in error ? Number(error.lines) : undefined, `is not CSV: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [header, ...body] = rows;
  if (header === undefined || header.record.join(',') !== columns.join(',')) {
    throw refuseInput(file, 1, `the first line must be ${columns.join(',')}, not ${header?.record.join(',') ?? 'nothing'}.`);
  }
  return body.map(({ record, info }) => {
    if (record.length !== columns.length) throw refuseInput(file, info.lines, `has ${String(record.length)} fields where ${String(columns.length)} are expected (${columns.join(',')}).`);
    return { line: info.lines, cells: record };
  });
}

/** A field read by one of core's parsers, with the place in front of what is wrong. */
export function readField<Value>(file: string, line: number, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw refuseInput(file, line, `${error instanceof Error ? error.message : String(error)}.`);
  }
}

/**
 * Reads real orders. The rules, for what such files hold: a code that does not begin with five digits is not stock
 * (postage, fees, samples by hand) and is left out by name; letter case does not tell skus apart; an invoice that begins
 * with C takes goods back; a negative line on any other invoice is a correction of stock; lines that repeat accumulate.
 */
export function readOrders(path: string): Replay {
  const file = basename(path);
  const records = readCsv(path, COLUMNS).map(({ line, cells }) => readRecord(file, line, cells));
  const leftOut: LeftOut[] = [];
  const spellings = new Map<string, Set<string>>();
  const events: ReplayEvent[] = [];
  let open: { key: string; event: { kind: ReplayEvent['kind']; atMs: number; order: string; country: string; lines: ReplayLine[] } } | undefined;
  for (const { line, invoice, sku: spelt, quantity, country, atMs } of records) {
    const sku = spelt.toUpperCase();
    if (!/^\d{5}/.test(sku)) {
      leftOut.push({ line, order: invoice, sku, quantity, reason: 'not a stock code: it does not begin with five digits' });
      continue;
    }
    spellings.set(sku, (spellings.get(sku) ?? new Set()).add(spelt));
    const reverses = invoice.startsWith('C');
    if (reverses && quantity > 0) throw refuseInput(file, line, `invoice ${invoice} takes goods back, and its quantity ${String(quantity)} is not negative.`);
    const kind = reverses ? 'reversal' : quantity < 0 ? 'adjustment' : 'order';
    const key = `${kind} ${invoice} ${String(atMs)}`;
    if (open?.key !== key) {
      open = { key, event: { kind, atMs, order: invoice, country, lines: [] } };
      events.push(open.event as ReplayEvent);
    }
    open.event.lines.push({ line, sku, quantity: kind === 'adjustment' ? quantity : Math.abs(quantity) });
  }
  events.sort((a, b) => a.atMs - b.atMs);
  const foldedSkus = [...spellings].filter(([, forms]) => forms.size > 1).map(([sku]) => sku).sort();
  return { name: file, lines: records.length, events, leftOut, foldedSkus };
}

function readRecord(file: string, line: number, cells: readonly string[]): Record {
  const [invoice = '', sku = '', quantity = '', occurredAt = '', country = ''] = cells;
  if (invoice.trim() === '') throw refuseInput(file, line, 'has no invoice.');
  const units = readField(file, line, () => parseQuantity(quantity, { path: ['quantity'] }));
  if (typeof units !== 'number' || units === 0) throw refuseInput(file, line, `quantity ${quantity} must be a whole number other than zero, below 2^53.`);
  return {
    line, invoice, country,
    sku: readField(file, line, () => parseSku(sku, ['sku'])),
    quantity: units,
    atMs: instantToMs(readField(file, line, () => parseInstant(occurredAt, ['occurred_at']))),
  };
}
