import type { OrderObservation, StockObservation } from '@stockwright/core';
import { ERP, mustBeOpen, SHOP } from './events.ts';

/** What runs a statement that the server has prepared under a name. */
export type Run = (name: string, text: string, values: unknown[]) => Promise<readonly unknown[]>;

/** The tables that an event touches. */
export const TOUCHED = ['commitLog', 'item', 'sourceBase', 'claim', 'position', 'ledger', 'channelOrder', 'channelSale', 'work'] as const;
/** Those of them that are written again and again are laid out with as much room as the engine's. */
const ROOMY: ReadonlySet<string> = new Set(['item', 'sourceBase', 'position', 'channelSale', 'work']);

const NOW = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint';
const RESTS = `t."state" in ('settled','quarantined')`;
const NOT_BEFORE = `case when ${RESTS} then excluded."notBeforeMs" else least(t."notBeforeMs",excluded."notBeforeMs") end`;
const LEASED = `t."leaseUntilMs" is not null`;

const COMMIT = `c as (insert into hand."commitLog" ("namespace","commitId","atMs") values ('main',$1,${NOW}))`;

/** A mark of each row of `e`, by all the rules of marks: work that rests or is leased is marked otherwise than work that is due. */
const marked = (cause: string): string => `w as (insert into hand.work as t ("namespace","kind","shard","key","priority","notBeforeMs","cause","dirtySinceMs","revision","settledRevision","fence","attempts","state","dueAtMs")
  select 'main','project','project',sku,0,now,${cause},now,1,0,0,0,'due',now from e
  on conflict ("namespace","kind","shard","key") do update set "revision"=t."revision"+1,"attempts"=0,"reason"=null,"cause"=excluded."cause","notBeforeMs"=${NOT_BEFORE},
    "priority"=case when ${RESTS} then excluded."priority" else least(t."priority",excluded."priority") end,"dirtySinceMs"=case when t."state"='settled' then excluded."dirtySinceMs" else t."dirtySinceMs" end,
    "state"=case when ${LEASED} then t."state" when (${NOT_BEFORE})<=excluded."dirtySinceMs" then 'due' else 'waiting' end,"dueAtMs"=case when ${LEASED} then t."dueAtMs" else (${NOT_BEFORE}) end,
    "markedSinceMs"=case when ${LEASED} then coalesce(t."markedSinceMs",excluded."dirtySinceMs") end,"markedNotBeforeMs"=case when ${LEASED} then least(t."markedNotBeforeMs",excluded."notBeforeMs") end,
    "markedPriority"=case when ${LEASED} then least(t."markedPriority",excluded."priority") end returning 1)`;

const ledger = (select: string): string => `l as (insert into hand.ledger ("namespace","sku","itemVersion","ordinal","fromAccount","fromLocation","fromChannel","toAccount","toLocation","toChannel","quantity","cause","reference","origin","occurredAt","recordedAtMs")
  select 'main',sku,"version",0,${select})`;

/** What a count leads to, for each row of `e`: the owner's figure, the position, the ledger where it moved, the mark. */
const COUNTED = `b as (update hand."sourceBase" as t set "source"='${ERP}',"quantity"=e.quantity,"asOf"=e.at,"deltas"='[]' from e where t."namespace"='main' and t."sku"=e.sku and t."location"='W1' and t."measure"='onHand'),
  p as (insert into hand.position as t ("namespace","sku","account","location","channel","quantity","isZero") select 'main',sku,'onHand','W1','',quantity,(quantity='0')::int from e
    on conflict ("namespace","sku","account","location","channel") do update set "quantity"=excluded."quantity","isZero"=excluded."isZero"),
  ${ledger(`'adjustment','','','onHand','W1','',difference,'stock','W1 as of '||at,'${ERP}',at,now from e where difference<>'0'`)},
  ${marked(`'stock ${ERP}'`)}`;

/** What a new order leads to, for the row of `e`, with what its channel has sold and what is committed. */
const ordered = (sold: string, committed: string, isZero: string): string => `k as (insert into hand.claim ("namespace","channel","orderId","sku","state","settled") select 'main','${SHOP}',"orderId",sku,state,0 from e),
  s as (insert into hand."channelSale" as t ("namespace","channel","location","sku","sold","givenBack") select 'main','${SHOP}','W1',sku,e.sold,'0' from e on conflict ("namespace","channel","location","sku") do update set "sold"=${sold}),
  p as (insert into hand.position as t ("namespace","sku","account","location","channel","quantity","isZero") select 'main',sku,'committed','W1','',e.committed,(e.committed='0')::int from e
    on conflict ("namespace","sku","account","location","channel") do update set "quantity"=${committed},"isZero"=${isZero}),
  ${ledger(`'demand','','','committed','W1','','1','order',"orderId",'${SHOP}',at,now from e`)},
  ${marked(`'order '||"orderId"`)}`;

const ORDER_ROW = `o as (insert into hand."channelOrder" ("namespace","channel","orderId","revision","placedAt","observedAtMs","lines","version") select 'main','${SHOP}',"orderId",at,at,now,lines,1 from r on conflict do nothing returning 1)`;

/** One row from scalars, which the server plans once; many from arrays, which it plans for their number. */
function given(columns: readonly (readonly [string, string])[], isOne: boolean): string {
  const names = columns.map(([name]) => name).join();
  const arrays = columns.map(([, type], index) => `$${String(index + 2)}::${type}[]`).join();
  return isOne ? `r as (select ${columns.map(([name, type], index) => `$${String(index + 2)}::${type} as ${name}`).join()},${NOW} as now)` : `r as (select ${names},${NOW} as now from unnest(${arrays}) as r(${names}))`;
}

/** What is written by hand. */
export interface ByHand {
  counts(observations: readonly StockObservation[]): Promise<number>;
  order(order: OrderObservation): Promise<number>;
}

const nameOf = (what: string, isOne: boolean): string => (isOne ? what : `${what}s`);
const bySku = (a: { readonly sku: string }, b: { readonly sku: string }): number => (a.sku < b.sku ? -1 : 1);

function orderValues({ orderId, revision, lines }: OrderObservation): readonly [string, string | undefined, string, string, string] {
  const [line] = lines;
  const { location, ordered: units, fulfilled, cancelled, returned } = line ?? {};
  const state = { revision, parts: [{ location, ordered: units, fulfilled, cancelled, returned }], containments: [], seen: [] };
  return [orderId, line?.sku, revision, JSON.stringify(lines), JSON.stringify(state)];
}

/**
 * The rules in SQL, in one statement: the least that can be done, and less than is asked of the engine. It knows one
 * measure, no open claims, and of orders only new ones. The owner's figure is locked as it is read, since of two counts
 * at once the second would otherwise book its difference from what was there before the first.
 */
export function inSql(run: Run): ByHand {
  const counts = (isOne: boolean): string => `with ${given([['sku', 'text'], ['quantity', 'text'], ['at', 'text']], isOne)}, ${COMMIT},
  k as (select r.*,b."quantity" as was from r join hand."sourceBase" as b on b."namespace"='main' and b."sku"=r.sku and b."location"='W1' and b."measure"='onHand' and b."asOf"<r.at for update of b),
  e as (update hand.item as t set "version"=t."version"+1,"counted"=1,"changedAtMs"=k.now from k where t."namespace"='main' and t."sku"=k.sku returning k.sku,k.quantity,k.at,k.now,t."version",(k.quantity::numeric-k.was::numeric)::text as difference),
  ${COUNTED} select count(*)::int as n from w`;
  const order = `with ${given([['"orderId"', 'text'], ['sku', 'text'], ['at', 'text'], ['lines', 'text'], ['state', 'text']], true)}, ${COMMIT}, ${ORDER_ROW},
  e as (update hand.item as t set "version"=t."version"+1,"counted"=1,"changedAtMs"=r.now from r cross join o where t."namespace"='main' and t."sku"=r.sku returning r.*,t."version",'1' as sold,'1' as committed),
  ${ordered('(t."sold"::numeric+1)::text', '(t."quantity"::numeric+1)::text', `(t."quantity"='-1')::int`)} select count(*)::int as n from w`;
  const [one, many] = [counts(true), counts(false)];
  const commitId = numbered('sql');
  return {
    counts: async (observations) => {
      const isOne = observations.length === 1;
      const sorted = observations.toSorted(bySku);
      const columns = [sorted.map(({ sku }) => sku), sorted.map(({ measures }) => measures.onHand), sorted.map(({ asOf }) => asOf)];
      return countIn(await run(nameOf('sql-count', isOne), isOne ? one : many, [commitId(), ...(isOne ? columns.map(([first]) => first) : columns)]));
    },
    order: async (observation) => countIn(await run('sql-order', order, [commitId(), ...orderValues(observation)])),
  };
}

/** What whoever decides outside the database must see: the item, its balances, the owner's figures and the open claims on it. */
const KNOWN = `select i."sku",i."version"::int as "version",(select jsonb_agg(jsonb_build_array(p."account",p."location",p."quantity")) from hand.position as p where p."namespace"='main' and p."sku"=i."sku") as positions,
  (select jsonb_agg(jsonb_build_array(b."location",b."measure",b."quantity",b."asOf",b."deltas")) from hand."sourceBase" as b where b."namespace"='main' and b."sku"=i."sku") as bases,
  (select jsonb_agg(jsonb_build_array(k."channel",k."orderId",k."state")) from hand.claim as k where k."namespace"='main' and k."sku"=i."sku" and k."settled"=0) as claims`;
const KNOWN_ONE = `${KNOWN} from hand.item as i where i."namespace"='main' and i."sku"=$1`;
const KNOWN_MANY = `${KNOWN} from unnest($1::text[]) as a(sku) join hand.item as i on i."namespace"='main' and i."sku"=a.sku`;
/** And for an order: how it was known, what of it is claimed, and what its channel has sold of the listing. */
const KNOWN_ORDER = `${KNOWN},(select jsonb_agg(o) from hand."channelOrder" as o where o."namespace"='main' and o."channel"='${SHOP}' and o."orderId"=$2) as orders,
  (select jsonb_agg(k) from hand.claim as k where k."namespace"='main' and k."channel"='${SHOP}' and k."orderId"=$2) as "claimsOfOrder",
  (select s."sold" from hand."channelSale" as s where s."namespace"='main' and s."channel"='${SHOP}' and s."location"='W1' and s."sku"=i."sku") as sold from hand.item as i where i."namespace"='main' and i."sku"=$1`;

interface Known {
  readonly sku: string;
  readonly version: number;
  readonly positions: readonly (readonly [string, string, string])[] | null;
  readonly bases: readonly (readonly [string, string, string, string])[] | null;
  readonly claims: readonly (readonly [string, string, string])[] | null;
  readonly sold?: string | null;
  readonly orders?: readonly unknown[] | null;
}

/**
 * The same where the rules are not in SQL, as the port of stores is made for: look at what the decision stands on, decide, and
 * write all rows in one statement that fails as a whole where a version is no longer the one that was seen.
 */
export function lookThenWrite(run: Run): ByHand {
  const versions = `e as (update hand.item as t set "version"=r."version","counted"=1,"changedAtMs"=r.now from r where t."namespace"='main' and t."sku"=r.sku and t."version"=r."version"-1 returning r.*)`;
  const kept = (count: string): string => `select count(*)::int/((select count(*) from e)=${count})::int as n from w`;
  const counts = (isOne: boolean): string => `with ${given([['sku', 'text'], ['"version"', 'bigint'], ['quantity', 'text'], ['at', 'text'], ['difference', 'text']], isOne)}, ${COMMIT}, ${versions}, ${COUNTED} ${kept(isOne ? '1' : 'cardinality($2)')}`;
  const order = `with ${given([['"orderId"', 'text'], ['sku', 'text'], ['at', 'text'], ['lines', 'text'], ['state', 'text'], ['"version"', 'bigint'], ['sold', 'text'], ['committed', 'text']], true)}, ${COMMIT}, ${ORDER_ROW},
  ${versions}, ${ordered('excluded."sold"', 'excluded."quantity"', 'excluded."isZero"')} select count(*)::int/((select count(*) from e)=1 and (select count(*) from o)=1)::int as n from w`;
  const [one, many] = [counts(true), counts(false)];
  const commitId = numbered('look');
  return {
    counts: async (observations) => {
      const isOne = observations.length === 1;
      const sorted = observations.toSorted(bySku);
      const skus = sorted.map(({ sku }) => sku);
      const known = new Map(((await run(nameOf('known', isOne), isOne ? KNOWN_ONE : KNOWN_MANY, [isOne ? skus[0] : skus])) as Known[]).map((row) => [row.sku, row]));
      const columns: [string[], number[], string[], string[], string[]] = [[], [], [], [], []];
      for (const { sku, asOf, measures: { onHand = '0' } } of sorted) {
        const { version = 0, positions, bases, claims } = known.get(sku) ?? {};
        if ((bases ?? []).some(([location, measure, , at]) => location === 'W1' && measure === 'onHand' && at >= asOf)) continue;
        for (const [, , state] of claims ?? []) mustBeOpen(state);
        const was = (positions ?? []).find(([account, location]) => account === 'onHand' && location === 'W1')?.[2] ?? '0';
        [sku, version + 1, onHand, asOf, String(Number(onHand) - Number(was))].forEach((value, index) => (columns[index] as unknown[]).push(value));
      }
      return countIn(await run(nameOf('count', isOne), isOne ? one : many, [commitId(), ...(isOne ? columns.map(([first]) => first) : columns)]));
    },
    order: async (observation) => {
      const [known] = (await run('known-order', KNOWN_ORDER, [observation.lines[0]?.sku, observation.orderId])) as Known[];
      if (known === undefined || known.orders !== null) return 0;
      const committed = (known.positions ?? []).find(([account, location]) => account === 'committed' && location === 'W1')?.[2] ?? '0';
      return countIn(await run('order', order, [commitId(), ...orderValues(observation), known.version + 1, String(Number(known.sold ?? 0) + 1), String(Number(committed) + 1)]));
    },
  };
}

function numbered(prefix: string): () => string {
  let made = 0;
  return () => `${prefix}-${String((made += 1))}`;
}

function countIn(rows: readonly unknown[]): number {
  return (rows[0] as { readonly n: number } | undefined)?.n ?? 0;
}

/** Lays out the schema with all that the engine's has in it now, as densely. */
export function copyOfSchema(): readonly string[] {
  return ['create schema hand', ...TOUCHED.flatMap((table) => [
    `create table hand."${table}" (like stockwright."${table}" including all)${ROOMY.has(table) ? ' with (fillfactor = 70)' : ''}`,
    `insert into hand."${table}" select * from stockwright."${table}"`,
  ]), 'vacuum analyze'];
}

/** What both sides must have come to, without moments and the names of commits. */
export function sumOf(schema: string): string {
  const at = (table: string): string => `${schema}."${table}"`;
  return `select md5(concat(
    (select string_agg(concat_ws('|',"sku","version","counted"),',' order by "sku") from ${at('item')}),
    (select string_agg(concat_ws('|',"sku","location","measure","source","quantity","asOf","deltas"),',' order by "sku") from ${at('sourceBase')}),
    (select string_agg(concat_ws('|',"orderId","sku","state","settled"),',' order by "orderId") from ${at('claim')}),
    (select string_agg(concat_ws('|',"sku","account","location","quantity","isZero"),',' order by "sku","account") from ${at('position')}),
    (select string_agg(concat_ws('|',"sku","itemVersion","fromAccount","toAccount","toLocation","quantity","cause","reference","origin","occurredAt"),',' order by "sku","itemVersion") from ${at('ledger')}),
    (select string_agg(concat_ws('|',"orderId","revision","placedAt","lines","version"),',' order by "orderId") from ${at('channelOrder')}),
    (select string_agg(concat_ws('|',"sku","sold"),',' order by "sku") from ${at('channelSale')}),
    (select string_agg(concat_ws('|',"kind","key","revision","cause"),',' order by "key") from ${at('work')} where "kind"='project'))) as "sum"`;
}
