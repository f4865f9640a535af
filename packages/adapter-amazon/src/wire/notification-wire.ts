import { z } from 'zod';
import { readJson } from '../map/cursor.ts';

/** A notification, whichever way it came. */
export interface NotificationWire {
  /** Such as `ORDER_CHANGE`. */
  readonly type: string;
  readonly messageId: string;
  readonly payload: Fields;
}

/** An object whose property names start with small letters, whatever Amazon wrote. */
export type Fields = Readonly<Record<string, unknown>>;

const fieldsSchema = z.record(z.string(), z.unknown());

/**
 * Reads a notification. Amazon writes envelopes as `NotificationType` or `notificationType`, depending on the type; one
 * that an EventBridge rule routed to the queue stands under `detail`, whole or as the payload alone.
 *
 * @returns Nothing where the text is none.
 */
export function readNotification(text: string): NotificationWire | undefined {
  const outer = fieldsOf(readJson(text));
  const detail = fieldsOf(outer?.['detail']);
  if (detail === undefined) return wholeOf(readEnvelope(outer));
  const { type = textOf(outer?.['detail-type']), messageId = textOf(outer?.['id']), payload } = readEnvelope(detail);
  return wholeOf({ type, messageId, payload: payload ?? (detail['notificationType'] === undefined ? detail : undefined) });
}

interface Envelope {
  readonly type: string | undefined;
  readonly messageId: string | undefined;
  readonly payload: Fields | undefined;
}

function readEnvelope(envelope: Fields | undefined): Envelope {
  return {
    type: textOf(envelope?.['notificationType']),
    messageId: textOf(fieldsOf(envelope?.['notificationMetadata'])?.['notificationId']),
    payload: fieldsOf(envelope?.['payload']),
  };
}

function wholeOf({ type, messageId, payload }: Envelope): NotificationWire | undefined {
  return type === undefined || messageId === undefined || payload === undefined ? undefined : { type, messageId, payload };
}

/** The properties of an object, each name with a small first letter; nothing where the value is no object. */
export function fieldsOf(value: unknown): Fields | undefined {
  const { success, data } = fieldsSchema.safeParse(value);
  return success ? Object.fromEntries(Object.entries(data).map(([name, field]) => [`${name.slice(0, 1).toLowerCase()}${name.slice(1)}`, field])) : undefined;
}

/** A text that says something; nothing where the value is none. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
