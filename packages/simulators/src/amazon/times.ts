/** A time as most interfaces write it: whole seconds, UTC. */
export function toWireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** A time as notifications write it: with milliseconds. */
export function toEventTime(ms: number): string {
  return new Date(ms).toISOString();
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** Reads an ISO 8601 date-time with a zone; nothing where it is none. */
export function parseTime(text: string): number | undefined {
  if (!DATE_TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
