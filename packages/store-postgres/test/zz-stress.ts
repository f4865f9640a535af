import { acceptObservation, balancesOf, emptyBooks, foldMovements, formatQuantity, instantFromMs, measureBooks, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, type Observation, type QuantityText, type Sku } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import { createPostgresStore } from '@stockwright/store-postgres';
import { createModelChannel, createModelSource, seededRandom } from '@stockwright/testkit';
import pg from 'pg';
const URL = 'postgres://postgres@127.0.0.1:5432/';
const DB = 'zz_engine_stress';
const seed = process.argv[2] ?? '1', seconds = Number(process.argv[3] ?? 40);
const admin = new pg.Client({ connectionString: URL + 'postgres' }); await admin.connect();
await admin.query(`DROP DATABASE IF EXISTS ${DB} WITH (FORCE)`); await admin.query(`CREATE DATABASE ${DB}`);
const [shop, erp, w1] = [parseChannelId('shop'), parseSourceId('erp'), parseLocationId('W1')];
const skus = Array.from({ length: 260 }, (_, i) => parseSku(`S${i}`));
const clock = { now: Date.now, sleep: (ms: number, signal?: AbortSignal) => new Promise<void>((res, rej) => { if (signal?.aborted) { rej(new Error('x')); return; } const t = setTimeout(res, ms); signal?.addEventListener('abort', () => { clearTimeout(t); rej(new Error('x')); }, { once: true }); }) };
const R = seededRandom(seed); const rnd = (n: number): number => Math.floor(R.next() * n);
let unhandled = 0; process.on('unhandledRejection', (e) => { unhandled += 1; console.log('UNHANDLED', e); });
const make = (ns: string, name: string): { engine: Engine; store: ReturnType<typeof createPostgresStore> } => {
  const store = createPostgresStore({ connectionString: URL + DB, namespace: ns, timeoutMs: 5000 });
  return { store, engine: createEngine({ store, clock, random: seededRandom(`${seed} ${name} ${ns}`), catalog: parseCatalog(skus.map((sku) => ({ sku }))), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }), sources: [{ adapter: createModelSource({ id: erp }) }], channels: [{ adapter: createModelChannel({ id: shop }) }], owners: [{ source: erp, measures: ['onHand'] }], times: { sweepMs: 1000 } }) };
};
const NS = ['n1', 'n2'];
const worlds = NS.map((ns) => ({ ns, procs: [make(ns, 'a'), make(ns, 'b'), make(ns, 'c')], told: [] as Observation[], maybe: [] as Observation[], holds: new Map<string, string>() }));
await worlds[0]!.procs[0]!.store.migrate();
for (const w of worlds) for (const p of w.procs) await p.store.migrate();
for (const w of worlds) await w.procs[2]!.engine.start();
const pool = new pg.Pool({ connectionString: URL + DB, max: 6 }); pool.on('error', () => undefined);
const t0 = Date.now(); let serial = 0; const stats = { count: 0, many: 0, order: 0, hold: 0, tx: 0, txBack: 0, killed: 0, failed: 0, again: 0 };
const count = (sku: Sku, onHand: number): Observation => ({ kind: 'stock', source: erp, sku, location: w1, asOf: instantFromMs(t0 + (serial += 1)), measures: { onHand: String(onHand) as QuantityText } });
const delta = (sku: Sku, d: number): Observation => ({ kind: 'delta', source: erp, sku, location: w1, measure: 'onHand', id: `d${serial += 1}`, at: instantFromMs(t0 + serial), delta: String(d) as QuantityText }) as never;
const order = (id: string, sku: Sku, n: number, f: number): Observation => ({ kind: 'order', channel: shop, orderId: id, revision: instantFromMs(t0 + (serial += 1)), placedAt: instantFromMs(t0), lines: [{ id: '1', sku, location: w1, ordered: String(n) as QuantityText, fulfilled: String(f) as QuantityText, cancelled: '0' as QuantityText, returned: '0' as QuantityText }] });
const errors = new Map<string, number>();
async function tell(w: (typeof worlds)[0], obs: Observation[], how: (o: Observation[]) => Promise<void>): Promise<void> {
  try { await how(obs); w.told.push(...obs); } catch (e) { stats.failed += 1; const m = String((e as Error).message).slice(0, 90); errors.set(m, (errors.get(m) ?? 0) + 1); w.maybe.push(...obs); }
}
const hot = skus.slice(0, 8);
const until = Date.now() + seconds * 1000;
async function actor(n: number): Promise<void> {
  while (Date.now() < until) {
    const w = worlds[rnd(2)]!; const { engine } = w.procs[rnd(3)]!; const sku = hot[rnd(hot.length)]!;
    const what = rnd(100);
    if (what < 30) { stats.count += 1; await tell(w, [rnd(2) ? count(sku, 50 + rnd(50)) : delta(sku, rnd(5) - 2)], (o) => engine.ingest(o)); }
    else if (what < 36) { stats.many += 1; await tell(w, skus.map((s) => count(s, 50 + rnd(50))), (o) => engine.ingest(o)); }
    else if (what < 60) { stats.order += 1; await tell(w, [order(`o${rnd(60)}`, sku, 1 + rnd(3), rnd(2))], (o) => engine.ingest(o)); }
    else if (what < 75) {
      stats.hold += 1; const id = `h${rnd(80)}`;
      const now = Date.now();
      await (rnd(3) ? engine.hold({ id, channel: shop, expiresAt: instantFromMs(now + rnd(3000)), grant: 'all', lines: [{ sku, quantity: 1 + rnd(3) }, { sku: hot[rnd(8)]!, quantity: 1 }] }) : rnd(2) ? engine.convertHold(id, `o${rnd(60)}`) : engine.releaseHold(id)).catch((e: Error) => { if (!/no hold|was (released|converted)|already|is of/.test(e.message)) { const m = e.message.slice(0, 90); errors.set(m, (errors.get(m) ?? 0) + 1); } });
    } else if (what < 88) {
      stats.tx += 1; const back = rnd(2) === 0;
      const client = await pool.connect().catch(() => undefined); if (!client) continue;
      const obs = [count(sku, 50 + rnd(50)), order(`o${rnd(60)}`, hot[rnd(8)]!, 1 + rnd(3), 0)];
      let broken: Error | undefined; client.on('error', () => undefined);
      try { await client.query('BEGIN'); await engine.ingest(obs, { tx: client }); if (rnd(3) === 0) await new Promise((r) => setTimeout(r, rnd(15))); if (back) { stats.txBack += 1; await client.query('ROLLBACK'); } else { await client.query('COMMIT'); w.told.push(...obs); } }
      catch (e) { broken = e as Error; await client.query('ROLLBACK').catch(() => undefined); w.maybe.push(...(back ? [] : obs)); const m = 'tx ' + broken.message.slice(0, 90); errors.set(m, (errors.get(m) ?? 0) + 1); }
      client.release(broken);
    } else if (what < 96) { stats.again += 1; const o = w.told[rnd(w.told.length)]; if (o) await tell(w, [o], (x) => engine.ingest(x)); }
    else if (what < 97) { stats.killed += 1; await admin.query(`SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = '${DB}' AND state <> 'idle' ORDER BY random() LIMIT 1) x`).catch(() => undefined); }
    else if (what < 98) await pool.query(`DELETE FROM stockwright."commitLog" WHERE "namespace" = '${w.ns}' AND "atMs" < ${Date.now() - 3000}`).catch(() => undefined);
    else for (const table of ['hold', 'work', 'change', 'inbox', 'targetChange'] as const) await w.procs[rnd(3)]!.store.forget({ table, overForMs: table === 'hold' ? 6000 : 2000, limit: 100 }).catch(() => undefined);
  }
}
await Promise.all(Array.from({ length: 6 }, (_, n) => actor(n)));
// whatever may or may not have been kept is told again: then everything is.
for (const w of worlds) { let tries = 0; while (w.maybe.length) { try { await w.procs[0]!.engine.ingest(w.maybe); break; } catch (e) { if ((tries += 1) > 5) { console.log('cannot retell', e); break; } } } w.told.push(...w.maybe); }
await new Promise((r) => setTimeout(r, 3500));
for (const w of worlds) await w.procs[2]!.engine.stop();
let wrong = 0;
for (const w of worlds) {
  const { store } = w.procs[0]!;
  const rules = { containment: new Map([[erp, { way: 'reference' as const }]]), returns: 'owner' as const };
  const [orders = [], holdLines = [], holds = []] = await store.load([{ table: 'channelOrder', where: {} }, { table: 'holdLine', where: {} }, { table: 'hold', where: {} }]);
  const inLog = await pool.query(`SELECT count(*) FROM stockwright.ledger WHERE namespace = $1`, [w.ns]);
  for (const sku of skus) {
    const [[item] = [], positions = [], ledger = []] = await store.load([{ table: 'item', where: { sku } }, { table: 'position', where: { sku } }, { table: 'ledger', where: { sku } }]);
    const said = w.told.filter((o) => (o.kind === 'order' ? o.lines.some((l) => l.sku === sku) : 'sku' in o && o.sku === sku));
    const fold = new Map<string, number>();
    for (const r of ledger) { const add = (acc: unknown, loc: unknown, n: number): void => { const k = `${acc}|${loc}`; fold.set(k, (fold.get(k) ?? 0) + n); }; add(r['toAccount'], r['toLocation'], Number(r['quantity'])); add(r['fromAccount'], r['fromLocation'], -Number(r['quantity'])); }
    for (const p of positions) { const k = `${p['account']}|${p['location']}`; const sum = positions.filter((q) => `${q['account']}|${q['location']}` === k).reduce((s, q) => s + Number(q['quantity']), 0); if (p['location'] !== '' && sum !== (fold.get(k) ?? 0)) { wrong += 1; console.log('FOLD', w.ns, sku, k, sum, fold.get(k)); } }
    const versions = new Set(ledger.map((r) => r['itemVersion'])); for (const v of versions) if (Number(v) > Number(item?.['version'] ?? 0)) { wrong += 1; console.log('VERSION', sku, v, item?.['version']); }
    const onHandBase = said.filter((o) => o.kind === 'stock' || o.kind === 'delta').sort((a, b) => (('asOf' in a ? a.asOf : (a as never as { at: string }).at) < ('asOf' in b ? b.asOf : (b as never as { at: string }).at) ? -1 : 1));
    let expectOnHand = 0; const seen = new Set<string>(); let since = '';
    for (const o of onHandBase) if (o.kind === 'stock') { expectOnHand = Number(o.measures.onHand); since = o.asOf; seen.clear(); } else { const d = o as never as { id: string; delta: string; at: string }; if (!seen.has(d.id) && d.at > since) { seen.add(d.id); expectOnHand += Number(d.delta); } }
    const shown = Number(positions.find((p) => p['account'] === 'onHand' && p['location'] === w1)?.['quantity'] ?? 0);
    // shipped lines lower onHand at the location until owner counts later: judged by core
    let books = emptyBooks(sku, 0); for (const o of w.told) { if (o.kind === 'order') { const known = w.told.filter((x) => x.kind === 'order' && x.orderId === o.orderId); if (known.some((x) => x.kind === 'order' && x.lines.some((l) => l.sku === sku))) books = acceptObservation(books, o, rules); } else if ('sku' in o && o.sku === sku) books = acceptObservation(books, o, rules); }
    const bal = balancesOf(measureBooks(books, rules)) as ReadonlyMap<string, number>;
    for (const p of positions) { const k = `${p['account']}\u001f${p['location']}\u001f${p['channel']}`; if (Number(p['quantity']) !== Number(bal.get(k) ?? 0)) { wrong += 1; console.log('BOOKS', w.ns, sku, k.replaceAll('\u001f', '|'), p['quantity'], bal.get(k), 'shown', shown, expectOnHand); } }
    for (const [k, v] of bal) { const [a, l, c] = k.split('\u001f'); if ((l || c) && Number(v) !== 0 && !positions.some((p) => p['account'] === a && p['location'] === l && p['channel'] === c)) { wrong += 1; console.log('MISSING', sku, k, v); } }
    // targets
  }
  for (const l of holdLines) { const h = holds.find((x) => x['holdId'] === l['holdId']); if (!h) { wrong += 1; console.log('LINE WITHOUT HOLD', l); } else if (h['state'] !== l['state'] || h['expiresAt'] !== l['expiresAt']) { wrong += 1; console.log('LINE DIFFERS', h, l); } if (h && h['state'] === 'converted' && orders.some((o) => o['orderId'] === h['orderId'])) { wrong += 1; console.log('CONVERTED STILL CLAIMS', h, l); } }
  console.log(w.ns, 'told', w.told.length, 'ledger', inLog.rows[0].count, 'holds', holds.length, 'lines', holdLines.length);
}
console.log(JSON.stringify(stats), 'wrong', wrong, 'unhandled', unhandled, [...errors].slice(0, 12));
for (const w of worlds) for (const p of w.procs) await p.store.close();
await pool.end(); await admin.query(`DROP DATABASE IF EXISTS ${DB} WITH (FORCE)`); await admin.end();
