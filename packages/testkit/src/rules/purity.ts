import { instantFromMs, quantitiesEqual, type CustomRule, type CustomRuleInput, type Quantity } from '@stockwright/core';

/** What a rule is asked, one thing after the other, with the settings of one use, as a policy asks it. */
export interface Questions<Settings> {
  readonly settings: Settings;
  readonly inputs: readonly Omit<CustomRuleInput<Settings>, 'settings'>[];
}

/**
 * Fails where a rule answers the same question otherwise once it was asked others, or at another time, or where it changes what
 * it is asked with: the settings are those of the next question too.
 *
 * @param moments - At which it is asked again, in milliseconds since 1970.
 */
export function expectPure<Settings>(rule: CustomRule<Settings>, { settings, inputs }: Questions<Settings>, moments: readonly number[]): void {
  const before = textOf(settings);
  const ask = (input: Questions<Settings>['inputs'][number]): Quantity => {
    const asked = { ...input, settings };
    const result = rule.apply(asked);
    const changed = (Object.keys(asked) as (keyof typeof asked)[]).find((name) => asked[name] !== { ...input, settings }[name]);
    if (changed !== undefined) throw new Error(`${rule.rule}: changed the ${changed} that it was given`);
    return result;
  };
  const first = inputs.map(ask);
  const expectSame = (again: readonly Quantity[], when: string): void => {
    first.forEach((result, index) => {
      const [input, now] = [inputs[index], again[index]];
      if (input === undefined || now === undefined || Object.is(result, now) || quantitiesEqual(result, now)) return;
      throw new Error(`${rule.rule}: ${String(input.quantity)} of ${input.sku} gave ${String(result)} at first and ${String(now)} ${when}`);
    });
  };
  expectSame(inputs.toReversed().map(ask).toReversed(), 'after it was asked something else');
  for (const moment of moments) expectSame(at(moment, () => inputs.map(ask)), `with the clock at ${instantFromMs(moment)}`);
  const after = textOf(settings);
  if (after !== before) throw new Error(`${rule.rule}: changed its settings from ${before} to ${after}`);
}

/** Fails where a rule refuses settings, or reads the same ones otherwise the next time: a policy is read anew with each process. */
export function expectReadAlike<Settings>(rule: CustomRule<Settings>, raw: Readonly<Record<string, unknown>>): void {
  const [once, again] = [rule.settings.parse(raw), rule.settings.parse(raw)].map(textOf);
  if (once !== again) throw new Error(`${rule.rule}: read its settings ${textOf(raw)} as ${String(once)} once and as ${String(again)} the next time`);
}

/** What can be seen of settings; nothing of those that JSON cannot write. */
function textOf(settings: unknown): string {
  try {
    return JSON.stringify(settings, (_, value: unknown) => (typeof value === 'bigint' ? `${String(value)}n` : value)) ?? '';
  } catch {
    return '';
  }
}

/** Runs something, at once, while the clocks of the whole process stand at a moment. */
function at<Result>(moment: number, run: () => Result): Result {
  const clock = Date;
  const timer = Object.getOwnPropertyDescriptor(performance, 'now');
  globalThis.Date = new Proxy(clock, {
    construct: (target, args: unknown[], made) => Reflect.construct(target, args.length === 0 ? [moment] : args, made) as object,
    apply: (target) => new target(moment).toString(),
    get: (target, name, receiver) => (name === 'now' ? () => moment : (Reflect.get(target, name, receiver) as unknown)),
  });
  Object.defineProperty(performance, 'now', { value: () => moment, configurable: true, writable: true });
  try {
    return run();
  } finally {
    globalThis.Date = clock;
    if (timer === undefined) Reflect.deleteProperty(performance, 'now');
    else Object.defineProperty(performance, 'now', timer);
  }
}
