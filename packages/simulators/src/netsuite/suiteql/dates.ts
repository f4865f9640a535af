import { invalidQuery } from '../problems.ts';

/** The elements of a date format that the account knows, longest first. */
const ELEMENTS = /YYYY|HH24|TZH|TZM|MM|DD|MI|SS|"[^"]*"|[^A-Za-z"]/gi;
const DIGITS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})', MM: '(?<month>\\d{1,2})', DD: '(?<day>\\d{1,2})', HH24: '(?<hour>\\d{1,2})', MI: '(?<minute>\\d{1,2})',
  SS: '(?<second>\\d{1,2})', TZH: '(?<zoneHour>[+-]\\d{1,2})', TZM: '(?<zoneMinute>\\d{2})',
};

/** Renders and reads dates in one format and session time zone. */
export interface DateFormat {
  /** Milliseconds since 1970 as text; what is finer than the format falls away. */
  render(ms: number): string;
  /** Text as milliseconds since 1970; nothing where the text does not have the format. */
  read(text: string): number | undefined;
}

/** Compiles an Oracle date format such as `YYYY-MM-DD HH24:MI:SS TZH:TZM`. */
export function compileDateFormat(format: string, zoneMinutes: number): DateFormat {
  const elements = format.match(ELEMENTS) ?? [];
  if (elements.join('') !== format || format === '') throw invalidQuery(`Date format "${format}" is not recognized.`);
  const parts = elements.map((element) => (element.startsWith('"') ? element.slice(1, -1) : element));
  const pattern = new RegExp(`^${parts.map((part) => DIGITS[part.toUpperCase()] ?? escape(part)).join('')}$`);
  return {
    render: (ms) => {
      const local = new Date(ms + zoneMinutes * 60_000);
      return parts.map((part) => renderPart(part, local, zoneMinutes)).join('');
    },
    read: (text) => {
      const groups = pattern.exec(text.trim())?.groups;
      return groups === undefined ? undefined : toMs(groups, zoneMinutes);
    },
  };
}

/** How a date column looks without TO_CHAR: in the user's format, the time lost. */
export function renderUserDate(ms: number, zoneMinutes: number): string {
  const local = new Date(ms + zoneMinutes * 60_000);
  return `${local.getUTCMonth() + 1}/${local.getUTCDate()}/${local.getUTCFullYear()}`;
}

function renderPart(part: string, local: Date, zoneMinutes: number): string {
  switch (part.toUpperCase()) {
    case 'YYYY': return pad(local.getUTCFullYear(), 4);
    case 'MM': return pad(local.getUTCMonth() + 1);
    case 'DD': return pad(local.getUTCDate());
    case 'HH24': return pad(local.getUTCHours());
    case 'MI': return pad(local.getUTCMinutes());
    case 'SS': return pad(local.getUTCSeconds());
    case 'TZH': return (zoneMinutes < 0 ? '-' : '+') + pad(Math.floor(Math.abs(zoneMinutes) / 60));
    case 'TZM': return pad(Math.abs(zoneMinutes) % 60);
    default: return part;
  }
}

function toMs(groups: Readonly<Record<string, string | undefined>>, sessionZoneMinutes: number): number | undefined {
  const field = (name: string, otherwise: number): number => Number(groups[name] ?? otherwise);
  const [month, day, hour, minute, second] = [field('month', 1), field('day', 1), field('hour', 0), field('minute', 0), field('second', 0)];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = groups['zoneHour'] === undefined ? sessionZoneMinutes : zoneOf(groups['zoneHour'], field('zoneMinute', 0));
  return Date.UTC(field('year', 1970), month - 1, day, hour, minute, second) - zone * 60_000;
}

function zoneOf(hour: string, minutes: number): number {
  return (hour.startsWith('-') ? -1 : 1) * (Math.abs(Number(hour)) * 60 + minutes);
}

function pad(value: number, length = 2): string {
  return String(value).padStart(length, '0');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
