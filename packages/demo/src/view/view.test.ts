import { describe, expect, it } from 'vitest';
import { folded } from './view.ts';

describe('a line that is too long', () => {
  it('is folded at a space, and goes on under its words', () => {
    expect(folded('  =       14  after safety stock: 15 - 1   [breakage: one in fifty breaks]', 40)).toBe(
      '  =       14  after safety stock: 15 - 1\n              [breakage: one in fifty\n              breaks]',
    );
  });

  it('is left alone where it fits, and where it is the frame of a table', () => {
    expect(folded('short', 10)).toBe('short');
    expect(folded(`│ ${'x'.repeat(30)} │`, 10)).toBe(`│ ${'x'.repeat(30)} │`);
  });

  it('loses nothing where no space is near', () => {
    const text = `a ${'b'.repeat(50)}`;
    expect(folded(text, 20).replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
  });
});
