/** One promise of a port. @public */
export interface ConformanceCase<Subject, Capability extends string> {
  /** Stable and kebab-case: it appears in `knownGaps` and in docs. */
  readonly key: string;
  readonly title: string;
  /** The case says nothing about a subject that lacks one of these; the runner shows it as skipped. */
  readonly requires?: readonly Capability[];
  /** The case is about subjects that lack this: what they must do instead. Shown as skipped where it is there. */
  readonly lacks?: Capability;
  readonly run: (subject: Subject) => Promise<void>;
}

/** The runner that the user brings, such as vitest or node:test. @public */
export interface Runner {
  describe(name: string, body: () => void): void;
  it: ((name: string, body: () => Promise<void>) => void) & { readonly fails: (name: string, body: () => Promise<void>) => void; readonly skip: (name: string, body: () => Promise<void>) => void };
}

/** What a suite is run against. @public */
export interface ConformanceTarget<Subject, Capability extends string> {
  readonly name: string;
  readonly capabilities: Readonly<Record<Capability, boolean>>;
  /** Keys of cases that are known to fail; each must fail, so that a gap that closed is noticed. */
  readonly knownGaps?: readonly string[];
  /** A fresh subject for every case. */
  readonly setup: () => Promise<{ readonly subject: Subject; readonly teardown?: () => Promise<void> }>;
}

/**
 * Hands cases to a runner.
 *
 * @throws A `RangeError` where `knownGaps` names a case that does not exist.
 * @public
 */
export function registerConformance<Subject, Capability extends string>(
  runner: Runner,
  cases: readonly ConformanceCase<Subject, Capability>[],
  target: ConformanceTarget<Subject, Capability>,
): void {
  const gaps = new Set(target.knownGaps);
  const unknown = [...gaps].filter((gap) => !cases.some(({ key }) => key === gap));
  if (unknown.length > 0) throw new RangeError(`There are no conformance cases ${unknown.join(', ')}.`);
  runner.describe(`conformance: ${target.name}`, () => {
    for (const { key, title, requires = [], lacks, run } of cases) {
      const body = async (): Promise<void> => {
        const { subject, teardown } = await target.setup();
        try {
          await run(subject);
        } finally {
          await teardown?.();
        }
      };
      const name = `[${key}] ${title}`;
      const applies = requires.every((capability) => target.capabilities[capability]) && (lacks === undefined || !target.capabilities[lacks]);
      if (!applies) runner.it.skip(name, body);
      else if (gaps.has(key)) runner.it.fails(name, body);
      else runner.it(name, body);
    }
  });
}

/** Fails with both values unless they are the same as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const left = JSON.stringify(actual);
  const right = JSON.stringify(expected);
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}
