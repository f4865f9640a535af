/** The body is longer than the transport may read. */
export class ResponseTooLarge extends Error {
  readonly bytesMax: number;

  constructor(bytesMax: number) {
    super(`The response is longer than ${String(bytesMax)} bytes`);
    this.name = 'ResponseTooLarge';
    this.bytesMax = bytesMax;
  }
}

/** Reads a body as UTF-8 text and stops at the limit, before the rest is in memory. */
export async function readText(response: Response, bytesMax: number): Promise<string> {
  if (response.body === null) return '';
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      // The connection is of no more use; that it fails to close changes nothing.
      await reader.cancel().catch(() => undefined);
      throw new ResponseTooLarge(bytesMax);
    }
    text += decoder.decode(value, { stream: true });
  }
}
