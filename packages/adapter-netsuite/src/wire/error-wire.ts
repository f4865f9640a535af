import { z } from 'zod';

const code = z.string().nullish().catch(undefined);

/** What is read of a refusal; NetSuite's REST services, its RESTlets and its token endpoint each have a form of their own. */
const errorWire = z.object({
  'o:errorCode': code,
  'o:errorDetails': z.array(z.object({ 'o:errorCode': code, detail: code })).nullish().catch(undefined),
  error: z.union([z.string(), z.object({ code })]).nullish().catch(undefined),
});

/** A refusal in one form. */
export interface Refusal {
  readonly code?: string;
  readonly detail?: string;
}

/** Reads a refusal. One that cannot be read says nothing: gateways answer with web pages. */
export function readRefusal(body: string): Refusal {
  const { success, data } = errorWire.safeParse(parse(body));
  if (!success) return {};
  const [first] = data['o:errorDetails'] ?? [];
  const other = typeof data.error === 'string' ? data.error : data.error?.code;
  const code = first?.['o:errorCode'] ?? other ?? data['o:errorCode'];
  return { ...(typeof code === 'string' ? { code } : {}), ...(typeof first?.detail === 'string' ? { detail: first.detail } : {}) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
