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
let report;
try {
  report = JSON.parse(readFileSync(reportFile, 'utf8'));
} catch (error) {
  console.error(`${reportFile} is no report: ${error.message}`);
  process.exit(2);
}
if (report?.format !== 'stockwright-replay/2') {
  console.error(`${reportFile} is no report of the format stockwright-replay/2, but of ${report?.format ?? 'none'}.`);
  process.exit(2);
}
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

const places = new Set([...report.initial.map(({ location }) => location), ...report.policy.channels.flatMap(({ locations }) => locations ?? [])]);
for (const { sku, account, location } of report.ledger) {
  check(['onHand', 'unavailable', 'committed', 'incoming', 'inTransit'].includes(account), `${sku}: there is no account ${account}`);
  check(location === '' ? account === 'committed' : places.has(location), `${sku}: ${account} at ${location || 'no location'}`);
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

// 4. What was sold beyond supply at its moment is in the report, line by line, and nothing else is: every other accepted
//    unit is covered by stock, corrections and goods that had come back by then.
const moments = [];
report.offered.forEach((line, index) => { if (line.accepted > 0) moments.push({ at: line.offeredAt, index, sku: line.sku, units: -line.accepted, sale: line }); });
for (const entry of [...report.adjustments, ...report.returns, ...report.cancellations]) moments.push({ at: entry.at, index: entry.line, sku: entry.sku, units: entry.quantity });
// One line of a file is one moment; within a moment the file's own order counts.
const placeOf = ({ sale, index }) => (sale === undefined ? index : sale.line);
moments.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : placeOf(a) - placeOf(b)));
const left = new Map(initial);
const beyond = new Map();
for (const { sku, units, sale } of moments) {
  const now = of(left, sku) + units;
  if (sale !== undefined && now < 0) beyond.set(sale.line, { units: Math.min(-now, -units), there: now - units });
  left.set(sku, now);
}
const listed = new Map(report.oversold.map((entry) => [entry.line, entry]));
check(listed.size === report.oversold.length, 'a line is listed as oversold more than once');
for (const [line, { units, there }] of beyond) {
  const entry = listed.get(line);
  check(entry !== undefined && entry.units === units && entry.there === there, `line ${line}: ${units} units beyond the ${there} that were there, the report lists ${entry?.units ?? 'nothing'} beyond ${entry?.there ?? '-'}`);
}
for (const { line } of report.oversold) check(beyond.has(line), `line ${line} is listed as oversold and was covered`);
const oversold = sum([...beyond.values()].map(({ units }) => units));

// 5. Every unit sold beyond supply was in flight: at the moment of the sale the channel still showed a number that was
//    right before something else took units, and the engine had not counted that yet, or its lower number was not shown
//    yet. All of it is read from the timeline of the sku, which holds what the shops and the warehouse did.
const lineOf = new Map(report.offered.map((line) => [line.line, line]));
for (const [sku, timeline] of Object.entries(report.timelines)) {
  for (const entry of timeline) if (entry.what === 'sold') check(lineOf.get(entry.line)?.accepted === entry.units && lineOf.get(entry.line)?.sku === sku, `timeline of ${sku}: line ${entry.line} sold ${entry.units}`);
  check(sum(timeline.filter(({ what }) => what === 'sold').map(({ units }) => units)) === of(accepted, sku), `timeline of ${sku}: not every accepted line is in it`);
  const corrected = sum(report.adjustments.filter((entry) => entry.sku === sku && entry.quantity < 0).map(({ quantity }) => -quantity));
  check(sum(timeline.filter(({ what }) => what === 'corrected').map(({ units }) => units)) === corrected, `timeline of ${sku}: not every correction is in it`);
  for (let index = 1; index < timeline.length; index += 1) check(timeline[index - 1].at <= timeline[index].at, `timeline of ${sku}: not in order of time at ${timeline[index].at}`);
}
const total = (places) => sum([...places.values()]);
// How long news may be on its way, in minutes. In fair weather the slowest way is the ERP's poll (ten minutes) and a channel
// that shows a change a minute and a half after it took it; messages that get lost are found by the hourly poll, and hostile
// weather silences the ERP for an hour and a half and stops the engine for minutes at a time.
const OPEN_MINUTES = { none: 15, mild: 90, hostile: 240 };
const openFor = OPEN_MINUTES[report.faults.level] ?? 0;
let longestMs = 0;
for (const timeline of Object.values(report.timelines)) {
  const counted = new Map();
  for (const entry of timeline) if (entry.what === 'counted') counted.set(entry.line, [...(counted.get(entry.line) ?? []), entry.at]);
  for (const entry of timeline.filter(({ what }) => what === 'sold' || what === 'corrected')) {
    const times = counted.get(entry.line) ?? [];
    // What is counted between a kill and the last word before it is not told again.
    check(times.length === 1 || (times.length === 0 && (report.faults.counts.kill ?? 0) > 0), `line ${entry.line}: counted ${times.length} times`);
    for (const at of times) check(at >= (entry.what === 'sold' ? lineOf.get(entry.line)?.observedAt : entry.at), `line ${entry.line}: counted at ${at}, before it was known`);
  }
}
for (const { line, order, channel, sku, at, units, inFlight: told } of report.oversold) {
  const offered = lineOf.get(line);
  check(offered?.order === order && offered.channel === channel && offered.sku === sku && offered.offeredAt === at, `line ${line}: listed as oversold in ${order} at ${channel}, and offered in ${offered?.order} at ${offered?.channel}`);
  const timeline = report.timelines[sku] ?? [];
  const end = timeline.findIndex((entry) => entry.what === 'sold' && entry.line === line);
  check(end >= 0, `line ${line}: not in the timeline of ${sku}`);
  if (end < 0) continue;
  const begin = timeline.findIndex((entry) => entry.order === order && entry.at === at && entry.channel === channel);
  check(begin >= 0, `line ${line}: its order is not in the timeline of ${sku}`);
  // What was wanted and counted after each step, and what the channel showed when the order came.
  const shownAt = new Map();
  const wantedAt = new Map();
  const countedLines = new Set();
  const states = [{ wanted: 0, counted: new Set() }];
  let lastWrite = -1;
  for (let index = 0; index < begin; index += 1) {
    const entry = timeline[index];
    if (entry.what === 'counted') countedLines.add(entry.line);
    if (entry.channel === channel && entry.what === 'wanted') wantedAt.set(entry.location, entry.quantity);
    if (entry.channel === channel && entry.what === 'shown') {
      shownAt.set(entry.location, entry.quantity);
      if (entry.order === undefined) lastWrite = index;
    }
    states.push(entry.what === 'counted' || entry.what === 'wanted' ? { wanted: total(wantedAt), counted: new Set(countedLines) } : states[states.length - 1]);
  }
  const sales = timeline.map((entry, index) => ({ entry, index })).slice(0, end).filter(({ entry }) => entry.what === 'sold' || entry.what === 'corrected');
  const tookOffItself = sales.filter(({ entry, index }) => entry.what === 'sold' && entry.channel === channel && index > lastWrite);
  const number = total(shownAt) - sum(sales.filter(({ entry, index }) => index >= begin && entry.channel === channel).map(({ entry }) => entry.units));
  check(number >= offered.accepted, `line ${line}: ${channel} showed ${number} and took ${offered.accepted}`);
  const right = states.findLast(({ wanted, counted }) => wanted >= number + sum(tookOffItself.filter(({ entry }) => !counted.has(entry.line)).map(({ entry }) => entry.units)));
  check(right !== undefined, () => `line ${line}: ${channel} showed ${number} of ${sku}, which was never wanted`);
  const flying = sales.filter((sale) => !tookOffItself.includes(sale) && !(right ?? states[0]).counted.has(sale.entry.line));
  const inFlight = sum(flying.map(({ entry }) => entry.units));
  const oldest = Math.max(0, ...flying.map(({ entry }) => Date.parse(at) - Date.parse(entry.at)));
  longestMs = Math.max(longestMs, oldest);
  check(oldest <= openFor * 60_000, () => `line ${line}: what it did not know was ${Math.round(oldest / 60_000)} minutes old, and ${openFor} are explained by this weather`);
  check(JSON.stringify(told.map((entry) => entry.line).sort()) === JSON.stringify(flying.map(({ entry }) => entry.line).sort()), `line ${line}: what is listed as in flight is not what the timeline says`);
  check(inFlight >= units, () => `line ${line}: ${units} of ${sku} oversold at ${channel}, and only ${inFlight} were in flight`);
}

// 6. Every channel shows what it should, and never more than there is; and every sku is shown somewhere at each of them.
for (const channel of new Set(report.offered.map((line) => line.channel))) {
  const listedThere = new Set(report.shown.filter((entry) => entry.channel === channel).map(({ sku }) => sku));
  for (const sku of initial.keys()) check(listedThere.has(sku), `${sku} is not shown at ${channel}`);
}
for (const [sku, timeline] of Object.entries(report.timelines)) {
  for (const entry of report.shown.filter((each) => each.sku === sku)) {
    const last = (what) => timeline.findLast((each) => each.what === what && each.channel === entry.channel && each.location === entry.location)?.quantity ?? 0;
    check(String(last('shown')) === entry.shown && String(last('wanted')) === entry.want, `${sku} at ${entry.channel}: its timeline ends with ${last('wanted')} wanted and ${last('shown')} shown`);
  }
}
for (const entry of report.shown) check(entry.want === entry.shown, `${entry.sku} at ${entry.channel}${entry.location === '' ? '' : ` ${entry.location}`}: should show ${entry.want}, shows ${entry.shown}`);
for (const channel of new Set(report.shown.map((entry) => entry.channel))) {
  const shown = bySku(report.shown.filter((entry) => entry.channel === channel), (entry) => Number(entry.shown));
  for (const [sku, quantity] of shown) check(quantity <= Math.max(0, of(onHand, sku) - of(committed, sku)), `${sku}: ${channel} shows ${quantity}, ${of(onHand, sku) - of(committed, sku)} there`);
}

// 7. The figures of the summary and of the two lanes.
check(report.summary.unitsOffered === sum(report.offered.map(({ quantity }) => quantity)), 'summary: units offered');
check(report.summary.unitsAccepted === sum(report.offered.map((line) => line.accepted)), 'summary: units accepted');
check(report.summary.unitsCancelled === sum(report.cancellations.map(({ quantity }) => quantity)), 'summary: units cancelled');
check(report.summary.unitsReturned === sum(report.returns.map(({ quantity }) => quantity)), 'summary: units returned');

const { stockwright, copier } = report.lanes;
check(stockwright.oversoldUnits === oversold, `${oversold} units oversold, the lane says ${stockwright.oversoldUnits}`);
check(stockwright.ordersToCancel === new Set([...beyond.keys()].map((line) => lineOf.get(line).order)).size, 'orders to cancel');
const toCancel = new Set([...beyond.keys()].map((line) => lineOf.get(line).order));
check(stockwright.unitsDeliverable === sum(report.offered.filter(({ order }) => !toCancel.has(order)).map((line) => line.accepted)), 'units of orders that can be delivered');
check(stockwright.unitsAccepted === report.summary.unitsAccepted, 'units of the lane and of the summary');
check(copier.oversoldUnits === sum(report.copierOversold.map(({ units }) => units)), 'oversold units of the copier');
check(copier.ordersToCancel === new Set(report.copierOversold.map(({ order }) => order)).size, 'orders to cancel of the copier');
for (const { line, units, copiedAt, at, contained } of report.copierOversold) {
  check(copiedAt <= at && at < new Date(Date.parse(copiedAt) + copier.everyMinutes * 60_000 + 1).toISOString(), `copier, line ${line}: sold at ${at} by a copy of ${copiedAt}`);
  check(sum(contained.map((entry) => entry.units)) >= units && units <= (lineOf.get(line)?.quantity ?? 0), `copier, line ${line}: ${units} oversold, and the copied number contained less than that which it should not`);
  for (const entry of contained.filter((each) => each.channel !== undefined)) {
    check(report.offered.some((each) => each.order === entry.order && each.channel === entry.channel && each.offeredAt === entry.at), `copier, line ${line}: order ${entry.order} was never placed at ${entry.channel}`);
  }
}

/** Fields of one record; a quoted field may hold commas, and two quotes are one. */
const fields = (text) => [...text.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)].slice(0, -1).map(([, field]) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
const csv = (file) => readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1).map((text, index) => ({ line: index + 2, cells: fields(text) }));
// 8. Every line of the orders is in the report, once.
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
// 9. The stock before the first order is that of the file.
if (stockFile !== undefined) {
  const lines = csv(stockFile);
  check(lines.length === report.initial.length, `the stock file has ${lines.length} lines, the report ${report.initial.length}`);
  for (const { cells: [sku, location, units] } of lines) {
    check(report.initial.some((entry) => entry.sku === sku.toUpperCase() && entry.location === location && entry.onHand === Number(units)), `stock of ${sku} at ${location} is not in the report`);
  }
}

for (const problem of problems.slice(0, 20)) console.error(problem);
if (problems.length > 20) console.error(`and ${problems.length - 20} more`);
console.log(`${reportFile}: ${skus.size} skus, ${report.offered.length} lines offered, ${oversold} units sold beyond supply${oversold === 0 ? '' : `, the oldest news ${Math.ceil(longestMs / 60_000)} min on its way`}; ${checks - problems.length} passed, ${problems.length} failed`);
process.exit(problems.length === 0 ? 0 : 1);
