#!/usr/bin/env node
// Checks a replay report without any of the packages:
//   node scripts/check-report.mjs REPORT.json [ORDERS.csv [STOCK.csv]]
// With the files of the run it also checks that every line of them is in the report, once and with the same figures.
import { readFileSync } from 'node:fs';

const [reportFile, ordersFile, stockFile] = process.argv.slice(2);
if (reportFile === undefined) {
  console.error('Usage: node scripts/check-report.mjs REPORT.json [ORDERS.csv [STOCK.csv]]');
  process.exit(2);
}
const report = JSON.parse(readFileSync(reportFile, 'utf8'));
const problems = [];
let checks = 0;
const check = (holds, problem) => {
  checks += 1;
  if (!holds) problems.push(typeof problem === 'function' ? problem() : problem);
};
const sum = (values) => values.reduce((total, value) => total + value, 0);
const bySku = (entries, value) => {
  const totals = new Map();
  for (const entry of entries) totals.set(entry.sku, (totals.get(entry.sku) ?? 0) + value(entry));
  return totals;
};

check(report.format === 'stockwright-replay/1', `unknown format ${report.format}`);

// 1. Per sku: initial + adjustments + returns - accepted + cancelled before shipment = on hand - committed.
const initial = bySku(report.initial, ({ onHand }) => onHand);
const adjusted = bySku(report.adjustments, ({ quantity }) => quantity);
const returned = bySku(report.returns, ({ quantity }) => quantity);
const cancelled = bySku(report.cancellations, ({ quantity }) => quantity);
const accepted = bySku(report.offered, (line) => line.accepted);
const onHand = bySku(report.ledger.filter(({ account }) => account === 'onHand'), ({ quantity }) => Number(quantity));
const committed = bySku(report.ledger.filter(({ account }) => account === 'committed'), ({ quantity }) => Number(quantity));
const skus = new Set([...initial.keys(), ...adjusted.keys(), ...returned.keys(), ...accepted.keys(), ...onHand.keys(), ...committed.keys()]);
const of = (totals, sku) => totals.get(sku) ?? 0;
for (const sku of skus) {
  const happened = of(initial, sku) + of(adjusted, sku) + of(returned, sku) - of(accepted, sku) + of(cancelled, sku);
  const booked = of(onHand, sku) - of(committed, sku);
  check(happened === booked, `${sku}: what happened comes to ${happened}, the ledger to ${booked}`);
}

// 2. Lines: whole, in order of time, and refused with a reason.
for (const line of report.offered) {
  const where = `line ${line.line} (${line.order}, ${line.sku})`;
  check(Number.isInteger(line.accepted) && line.accepted >= 0 && line.accepted <= line.quantity, `${where}: accepted ${line.accepted} of ${line.quantity}`);
  check(line.accepted === line.quantity || typeof line.refused === 'string', `${where}: refused without a reason`);
  if (line.accepted === 0) continue;
  check(line.observedAt !== undefined && line.observedAt >= line.offeredAt, `${where}: never observed, or before it was offered`);
  check(line.acknowledgedAt !== undefined && line.acknowledgedAt >= line.offeredAt, `${where}: never acknowledged, or before it was offered`);
}

// 3. Nothing is taken back that was not sold, but what the report says came from before its beginning.
const soldByOrder = new Map();
for (const line of report.offered) if (line.orderId) soldByOrder.set(`${line.orderId} ${line.sku}`, (soldByOrder.get(`${line.orderId} ${line.sku}`) ?? 0) + line.accepted);
const backByOrder = new Map();
for (const entry of [...report.cancellations, ...report.returns]) if (entry.orderId) backByOrder.set(`${entry.orderId} ${entry.sku}`, (backByOrder.get(`${entry.orderId} ${entry.sku}`) ?? 0) + entry.quantity);
for (const [key, quantity] of backByOrder) check(quantity <= (soldByOrder.get(key) ?? 0), () => `order ${key}: ${quantity} came back of ${soldByOrder.get(key) ?? 0} sold`);

// 4. Never more was accepted than was there at that moment: every accepted unit is covered by stock, corrections and
//    goods that had come back by then. A correction downwards may leave earlier sales uncovered, and is counted as such.
const moments = [];
for (const line of report.offered) if (line.accepted > 0) moments.push({ at: line.offeredAt, sku: line.sku, units: -line.accepted, sale: line });
for (const entry of [...report.adjustments, ...report.returns, ...report.cancellations]) moments.push({ at: entry.at, sku: entry.sku, units: entry.quantity });
moments.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
const left = new Map(initial);
let oversold = 0;
for (const { sku, units, sale } of moments) {
  const now = of(left, sku) + units;
  if (sale !== undefined && now < 0) oversold += Math.min(-now, -units);
  left.set(sku, now);
}

// 5. The shop shows what it should, and never more than there is.
const shown = bySku(report.shown, (entry) => Number(entry.shown));
for (const entry of report.shown) check(entry.want === entry.shown, `${entry.sku} at ${entry.location}: should show ${entry.want}, shows ${entry.shown}`);
for (const [sku, quantity] of shown) check(quantity <= Math.max(0, of(onHand, sku) - of(committed, sku)), `${sku}: ${quantity} shown, ${of(onHand, sku) - of(committed, sku)} there`);

// 6. The figures of the summary.
check(report.summary.unitsOffered === sum(report.offered.map(({ quantity }) => quantity)), 'summary: units offered');
check(report.summary.unitsAccepted === sum(report.offered.map((line) => line.accepted)), 'summary: units accepted');
check(report.summary.unitsCancelled === sum(report.cancellations.map(({ quantity }) => quantity)), 'summary: units cancelled');
check(report.summary.unitsReturned === sum(report.returns.map(({ quantity }) => quantity)), 'summary: units returned');

const csv = (file) => readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1).map((text, index) => ({ line: index + 2, cells: text.split(',') }));
// 7. Every line of the orders is in the report, once.
if (ordersFile !== undefined) {
  const told = new Map();
  const tell = (line, units) => told.set(line, (told.get(line) ?? 0) + units);
  report.offered.forEach(({ line, quantity }) => tell(line, quantity));
  report.adjustments.forEach(({ line, quantity }) => tell(line, quantity));
  [...report.cancellations, ...report.returns].forEach(({ line, quantity }) => tell(line, -quantity));
  report.input.leftOut.forEach(({ line, quantity, reason }) => { check(reason !== '', `line ${line}: left out without a reason`); tell(line, quantity); });
  const lines = csv(ordersFile);
  for (const { line, cells } of lines) check(told.get(line) === Number(cells[2]), `line ${line} of the orders says ${cells[2]}, the report ${told.get(line) ?? 'nothing'}`);
  check(told.size === lines.length, `the orders have ${lines.length} lines, the report tells of ${told.size}`);
}
// 8. The stock before the first order is that of the file.
if (stockFile !== undefined) {
  const lines = csv(stockFile);
  check(lines.length === report.initial.length, `the stock file has ${lines.length} lines, the report ${report.initial.length}`);
  for (const { cells: [sku, location, units] } of lines) {
    check(report.initial.some((entry) => entry.sku === sku.toUpperCase() && entry.location === location && entry.onHand === Number(units)), `stock of ${sku} at ${location} is not in the report`);
  }
}

for (const problem of problems.slice(0, 20)) console.error(problem);
if (problems.length > 20) console.error(`and ${problems.length - 20} more`);
console.log(`${reportFile}: ${skus.size} skus, ${report.offered.length} lines offered, ${oversold} units sold beyond supply at their moment; ${checks - problems.length} passed, ${problems.length} failed`);
process.exit(problems.length === 0 ? 0 : 1);
