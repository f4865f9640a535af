import { describe, expect, it } from 'vitest';
import { collectPages } from './pages.ts';

const facts = { adapter: 'vendor', operation: 'list' };

describe('collectPages', () => {
  it('reads every page in order', async () => {
    const pages: Record<string, { items: number[]; next?: string }> = { first: { items: [1, 2], next: 'b' }, b: { items: [], next: 'c' }, c: { items: [3] } };

    const items = await collectPages(async (cursor) => pages[cursor ?? 'first'] ?? { items: [] }, { facts, pagesMax: 3 });

    expect(items).toEqual([1, 2, 3]);
  });

  it('stops at a vendor that never ends', async () => {
    let page = 0;
    const endless = async () => ({ items: [], next: String((page += 1)) });

    await expect(collectPages(endless, { facts, pagesMax: 5 })).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE' });
    expect(page).toBe(5);
  });

  it('stops at a cursor that leads to itself', async () => {
    const stuck = async () => ({ items: [], next: 'same' });

    await expect(collectPages(stuck, { facts, pagesMax: 100 })).rejects.toThrow(/same cursor twice/);
  });
});
