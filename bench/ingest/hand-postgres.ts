import type { OrderObservation, StockObservation } from '@stockwright/core';
import { ERP, SHOP } from './events.ts';

/** What runs a statement that the server has prepared under a name. */
export type Run = (name: string, text: string, values: unknown[]) => Promise<number>;

/** The tables that an event touches. */
export const TOUCHED = ['commitLog', 'item', 'sourceBase', 'claim', 'position', 'ledger', 'channelOrder', 'channelSale', 'work'] as const;

const NOW = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint';
/** What was there is read in the same statement, and an older count than the one that is there changes nothing. */
const MARKED = (cause: string): string => `w as (insert into hand.work as t ("namespace","kind","shard","key","priority","notBeforeMs","cause","dirtySinceMs","revision","settledRevision","fence","attempts","state","dueAtMs")
  select 'main','project','project',sku,0,now,${cause},now,1,0,0,0,'due',now from e
  on conflict ("namespace","kind","shard","key") do update set "revision"=t."revision"+1,"cause"=excluded."cause","notBeforeMs"=least(t."notBeforeMs",excluded."notBeforeMs"),"state"='due',"dueAtMs"=least(t."dueAtMs",excluded."dueAtMs") returning 1)`;

const COUNTS = `with r as (select sku,quantity,at,${NOW} as now from unnest($2::text[],$3::text[],$4::text[]) as r(sku,quantity,at)),
  c as (insert into hand."commitLog" ("namespace","commitId","atMs") values ('main',$1,${NOW})),
  e as (update hand.item as t set "version"=t."version"+1,"counted"=1,"changedAtMs"=r.now from r join hand."sourceBase" as b on b."namespace"='main' and b."sku"=r.sku and b."location"='W1' and b."measure"='onHand' and b."asOf"<r.at
    where t."namespace"='main' and t."sku"=r.sku returning r.*,t."version",b."quantity" as was),
  b as (update hand."sourceBase" as t set "source"='${ERP}',"quantity"=e.quantity,"asOf"=e.at,"deltas"='[]' from e where t."namespace"='main' and t."sku"=e.sku and t."location"='W1' and t."measure"='onHand'),
  p as (insert into hand.position as t ("namespace","sku","account","location","channel","quantity","isZero") select 'main',sku,'onHand','W1','',quantity,(quantity='0')::int from e
    on conflict ("namespace","sku","account","location","channel") do update set "quantity"=excluded."quantity","isZero"=excluded."isZero"),
  l as (insert into hand.ledger ("namespace","sku","itemVersion","ordinal","fromAccount","fromLocation","fromChannel","toAccount","toLocation","toChannel","quantity","cause","reference","origin","occurredAt","recordedAtMs")
    select 'main',sku,"version",0,'adjustment','','','onHand','W1','',(quantity::numeric-was::numeric)::text,'stock','W1 as of '||at,'${ERP}',at,now from e where quantity<>was),
  ${MARKED(`'stock ${ERP}'`)}
  select count(*)::int as n from w`;

const ORDER = `with r as (select $2::text as "orderId",$3::text as sku,$4::text as at,$5::text as lines,$6::text as state,${NOW} as now),
  c as (insert into hand."commitLog" ("namespace","commitId","atMs") values ('main',$1,${NOW})),
  o as (insert into hand."channelOrder" ("namespace","channel","orderId","revision","placedAt","observedAtMs","lines","version") select 'main','${SHOP}',"orderId",at,at,now,lines,1 from r on conflict do nothing returning 1),
  e as (update hand.item as t set "version"=t."version"+1,"counted"=1,"changedAtMs"=r.now from r cross join o where t."namespace"='main' and t."sku"=r.sku returning r.*,t."version"),
  k as (insert into hand.claim ("namespace","channel","orderId","sku","state","settled") select 'main','${SHOP}',"orderId",sku,state,0 from e),
  s as (insert into hand."channelSale" as t ("namespace","channel","location","sku","sold") select 'main','${SHOP}','W1',sku,'1' from e on conflict ("namespace","channel","location","sku") do update set "sold"=(t."sold"::numeric+1)::text),
  p as (insert into hand.position as t ("namespace","sku","account","location","channel","quantity","isZero") select 'main',sku,'committed','W1','','1',0 from e
    on conflict ("namespace","sku","account","location","channel") do update set "quantity"=(t."quantity"::numeric+1)::text,"isZero"=(t."quantity"='-1')::int),
  l as (insert into hand.ledger ("namespace","sku","itemVersion","ordinal","fromAccount","fromLocation","fromChannel","toAccount","toLocation","toChannel","quantity","cause","reference","origin","occurredAt","recordedAtMs")
    select 'main',sku,"version",0,'demand','','','committed','W1','','1','order',"orderId",'${SHOP}',at,now from e),
  ${MARKED(`'order '||"orderId"`)}
  select count(*)::int as n from w`;

/** What is written by hand. */
export interface ByHand {
  counts(observations: readonly StockObservation[]): Promise<number>;
  order(order: OrderObservation): Promise<number>;
}

/** What whoever decides outside the database must see first, locked: the item, its position and figures, and what is known of the order. */
const STANDS_ON = `select i."version",(select jsonb_agg(p) from hand.position as p where p."namespace"='main' and p."sku"=i."sku") as positions,(select jsonb_agg(b) from hand."sourceBase" as b where b."namespace"='main' and b."sku"=i."sku") as bases,
  (select jsonb_agg(k) from hand.claim as k where k."namespace"='main' and k."sku"=i."sku" and k."settled"=0) as claims,(select jsonb_agg(o) from hand."channelOrder" as o where o."namespace"='main' and o."channel"='${SHOP}' and o."orderId"=$2) as orders
  from hand.item as i where i."namespace"='main' and i."sku"=any($1::text[]) for update`;

/** The same, as it is done where the rules are not in SQL: a transaction that reads what it stands on and then writes. */
export function readAndWrite(run: (name: string, text: string, values: unknown[]) => Promise<unknown>, hand: ByHand): ByHand {
  const within = async (skus: readonly string[], orderId: string, write: () => Promise<number>): Promise<number> => {
    await run('', 'begin', []);
    await run('standsOn', STANDS_ON, [skus, orderId]);
    const count = await write();
    await run('', 'commit', []);
    return count;
  };
  return {
    counts: (observations) => within(observations.map(({ sku }) => sku), '', () => hand.counts(observations)),
    order: (order) => within(order.lines.map(({ sku }) => sku), order.orderId, () => hand.order(order)),
  };
}

/** The same rows as the engine's in a schema `hand` of the same layout, each event or batch in one statement. */
export function byHandOnPostgres(run: Run): ByHand {
  let made = 0;
  const commitId = (): string => `hand-${String((made += 1))}`;
  return {
    counts: (observations) => run('counts', COUNTS, [commitId(), observations.map(({ sku }) => sku), observations.map(({ measures }) => measures.onHand), observations.map(({ asOf }) => asOf)]),
    order: ({ orderId, revision, lines }) => {
      const [line] = lines;
      const { location, ordered, fulfilled, cancelled, returned } = line ?? {};
      const state = { revision, parts: [{ location, ordered, fulfilled, cancelled, returned }], containments: [], seen: [] };
      return run('order', ORDER, [commitId(), orderId, line?.sku, revision, JSON.stringify(lines), JSON.stringify(state)]);
    },
  };
}

/** Lays out the schema with all that the engine's has in it now. */
export function copyOfSchema(): readonly string[] {
  return ['create schema hand', ...TOUCHED.flatMap((table) => [`create table hand."${table}" (like stockwright."${table}" including all)`, `insert into hand."${table}" select * from stockwright."${table}"`]), 'vacuum analyze'];
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
