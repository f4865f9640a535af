import { addQuantities, compareQuantities, maxQuantity, minQuantity, negateQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { accountFromKey, accountKey, type AccountRef } from './accounts.ts';
import type { Base } from './books.ts';
import { wayOf } from './containment.ts';
import { releasedOf } from './counters.ts';
import { demandAt } from './measure-claims.ts';
import { put, type Setting, type Tally } from './tally.ts';

/**
 * Sees to it that what is asked for at a place is committed there, and nowhere less than nothing. An owner may have an order at
 * another of its places than the channel, so that what its figures contain of it would free goods here that are asked for, or
 * never were there. Where the figures of one that acknowledges by reference leave one place alone where what is asked for here
 * can stand, it is taken off there.
 */
export function keepDemandInPlace(into: Tally, setting: Setting): void {
  const { books, rules } = setting;
  const figures = books.bases.filter(({ measure, location }) => measure === 'committed' && rules.closed?.has(location) !== true);
  if (figures.length === 0) return;
  const asked = openByAccount(setting);
  const owners = new Map<string, Base>(figures.map((figure) => [keyOf(figure), figure]));
  // A watermark is read place by place, and what such an owner ships before the channel says so nobody can tell from what it has elsewhere.
  const named = figures.filter(({ source }) => wayOf(rules, source).way === 'reference');
  // Nothing that happens here leaves a figure more than it had.
  let spare = named.filter((figure) => compareQuantities(beyond(into, keyOf(figure), asked), 0) > 0);
  const keys = new Set([...asked.keys(), ...[...into.owner.keys(), ...into.orders.keys()].filter((key) => accountFromKey(key).account === 'committed')]);
  for (const key of [...keys].sort()) {
    const lacking = negateQuantity(beyond(into, key, asked));
    if (compareQuantities(lacking, 0) <= 0) continue;
    // What the count there shows as gone nobody can ask for any more.
    const gone = into.gone.get(key) ?? 0;
    put(into.orders, accountFromKey(key), maxQuantity(subtractQuantities(lacking, gone), 0));
    const own = owners.get(key);
    const [only, another] = own === undefined ? spare : spare.filter(({ source }) => source === own.source);
    if (only === undefined || another !== undefined) continue;
    // What the figure itself has below zero is nowhere else, and neither is what its owner has shipped before the channel says so.
    const elsewhere = addQuantities(lacking, minQuantity(into.owner.get(key) ?? 0, 0));
    const misplaced = maxQuantity(subtractQuantities(minQuantity(elsewhere, asked.get(key) ?? 0), maxQuantity(into.ahead.get(key) ?? 0, gone)), 0);
    put(into.orders, refOf(only), negateQuantity(minQuantity(misplaced, beyond(into, keyOf(only), asked))));
    spare = spare.filter((figure) => figure !== only || compareQuantities(beyond(into, keyOf(figure), asked), 0) > 0);
  }
}

/** What is asked for at places and not yet served. Of what is not routed an owner may have all at a place of its choice. */
function openByAccount({ books: { claims }, rules }: Setting): Map<string, Quantity> {
  const asked = new Map<string, Quantity>();
  for (const { channel, parts } of claims) {
    for (const part of parts) if (part.location !== '' && rules.closed?.has(part.location) !== true) put(asked, demandAt(part, channel, rules), subtractQuantities(maxQuantity(subtractQuantities(part.ordered, part.cancelled), 0), releasedOf([part])));
  }
  return asked;
}

/** What stands in an account beyond what is asked for there. */
function beyond({ owner, orders }: Tally, key: string, asked: ReadonlyMap<string, Quantity>): Quantity {
  return subtractQuantities(addQuantities(owner.get(key) ?? 0, orders.get(key) ?? 0), asked.get(key) ?? 0);
}

function refOf({ location }: Base): AccountRef {
  return { account: 'committed', location, channel: '' };
}

function keyOf(figure: Base): string {
  return accountKey(refOf(figure));
}
