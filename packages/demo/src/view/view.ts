import pc from 'picocolors';

/** What a person sees while the run goes on. */
export interface Progress {
  readonly nowMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly orders: number;
  readonly unitsAccepted: number;
  readonly unitsRefused: number;
  readonly published: number;
  readonly dirty: number;
  readonly last: string;
}

/** Where the run is shown. */
export interface View {
  line(text: string): void;
  progress(progress: Progress): void;
  end(): void;
}

/** A terminal narrower than this gets a shorter bar and a date without its year. */
export const ROOMY_COLUMNS = 100;

function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function progressText({ nowMs, startMs, endMs, orders, unitsAccepted, unitsRefused, published, dirty }: Progress, columns: number): string {
  const roomy = columns >= ROOMY_COLUMNS;
  const width = roomy ? 24 : 8;
  const part = Math.min(1, Math.max(0, (nowMs - startMs) / Math.max(1, endMs - startMs)));
  const filled = Math.round(part * width);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
  const sync = dirty === 0 ? pc.green('in sync') : pc.yellow(`${String(dirty)} to push`);
  const when = roomy ? clockText(nowMs) : clockText(nowMs).slice(5);
  return `${pc.cyan(bar)} ${when}  ${String(orders)} orders  sold ${String(unitsAccepted)}  refused ${String(unitsRefused)}  pushed ${String(published)}  ${sync}`;
}

/** Folds lines that are too long for a width; what goes on stands under the words, not under the figures. */
export function folded(text: string, width: number): string {
  return text.split('\n').flatMap((line) => {
    if (line.length <= width || /[\u2500-\u257f]/.test(line)) return [line];
    const hang = ' '.repeat(Math.min(Math.max(0, line.search(/[a-z]/i)), Math.floor(width / 2)));
    const lines: string[] = [];
    let rest = line;
    while (rest.length > width) {
      const space = rest.lastIndexOf(' ', width);
      const cut = space > hang.length ? space : width;
      lines.push(rest.slice(0, cut).trimEnd());
      rest = hang + rest.slice(cut).trimStart();
    }
    return [...lines, rest];
  }).join('\n');
}

/** The run in a terminal: what happens scrolls by, and one line at the bottom moves. */
export function terminalView(out: NodeJS.WriteStream): View {
  let shown = false;
  let last = '';
  const clear = (): void => {
    if (shown) out.write('\r\u001b[2K');
    shown = false;
  };
  return {
    line: (text) => {
      clear();
      out.write(`${folded(text, (out.columns || 80) - 1)}\n`);
    },
    progress: (progress) => {
      clear();
      if (progress.last !== last && progress.last !== '') out.write(`${pc.dim(`  ${fit(progress.last, (out.columns || 80) - 3)}`)}\n`);
      last = progress.last;
      const columns = out.columns || 80;
      out.write(fit(progressText(progress, columns), columns - 1));
      shown = true;
    },
    end: clear,
  };
}

/** The run in a file or a pipe: a plain line now and then. */
export function plainView(out: NodeJS.WriteStream): View {
  let next = 0;
  return {
    line: (text) => { out.write(`${text}\n`); },
    progress: (progress) => {
      const tenth = Math.floor((10 * (progress.nowMs - progress.startMs)) / Math.max(1, progress.endMs - progress.startMs));
      if (tenth < next) return;
      next = tenth + 1;
      out.write(`${clockText(progress.nowMs)}  ${String(progress.orders)} orders, ${String(progress.unitsAccepted)} units sold, ${String(progress.unitsRefused)} refused, ${String(progress.published)} numbers pushed, ${String(progress.dirty)} to push\n`);
    },
    end: () => undefined,
  };
}

/** Cuts a text to a width; escape sequences of colours take none. */
function fit(text: string, width: number): string {
  let used = 0;
  let cut = '';
  for (const part of text.split(/(\u001b\[[0-9;]*m)/)) {
    if (part.startsWith('\u001b')) {
      cut += part;
      continue;
    }
    const rest = [...part].slice(0, Math.max(0, width - used));
    used += rest.length;
    cut += rest.join('');
  }
  return cut;
}
