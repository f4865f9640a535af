/** What people wrote, as a part of one line: policies may have reasons of several. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*[\n\r\u2028\u2029]\s*/g, ' ');
}
