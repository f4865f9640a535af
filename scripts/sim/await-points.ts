import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

/** A place where the engine awaits something that a port answers. */
export interface AwaitPoint {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The await points of a folder, and where a position of a file lies in them. */
export interface AwaitPoints {
  readonly points: readonly AwaitPoint[];
  /** The innermost await that a position (from 1) belongs to. */
  at(file: string, line: number, column: number): number | undefined;
}

const PORTS = new Set([
  'migrate', 'now', 'load', 'look', 'commit', 'decide', 'epoch', 'claim', 'settle', 'dirtyShards', 'takeBudget', 'pauseBucket', 'scan', 'scanWork', 'close', 'sleep', 'start', 'stop',
  'publish', 'readLevels', 'readOrders', 'readStock', 'readAcknowledgements',
]);

/** What joins a group commit. */
const JOINING = 'submit';

/**
 * Reads the sources of a folder and finds every `await` and `for await` whose operand leads to a port.
 *
 * Who waits for a group commit (`submit`) waits for no port: the committer does, for all of them at once, and its awaits are counted
 * where they stand. A process that ends in one of those leaves everybody waiting who had joined.
 */
export function awaitPointsOf(folder: string): AwaitPoints {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()
    .map((name) => ts.createSourceFile(join(folder, name), readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.ES2022, true));
  const leading = leadingNames(sources);
  const points: AwaitPoint[] = [];
  for (const source of sources) {
    walk(source, (node) => {
      const operand = ts.isAwaitExpression(node) ? node.expression : ts.isForOfStatement(node) && node.awaitModifier !== undefined ? node.expression : undefined;
      if (operand === undefined || !leads(operand, leading)) return;
      const [from, to] = [ts.isAwaitExpression(node) ? node.getStart() : node.getStart(), operand.getEnd()];
      points.push({ file: basename(source.fileName), line: source.getLineAndCharacterOfPosition(from).line + 1, text: source.text.slice(from, to).replace(/\s+/g, ' ').slice(0, 80), from, to });
    });
  }
  const byFile = new Map(sources.map((source) => [basename(source.fileName), source]));
  return {
    points,
    at: (file, line, column) => {
      const source = byFile.get(file);
      if (source === undefined) return undefined;
      const position = source.getPositionOfLineAndCharacter(line - 1, column - 1);
      let best: number | undefined;
      points.forEach((point, index) => {
        const known = best === undefined ? undefined : points[best];
        if (point.file === file && point.from <= position && position < point.to && (known === undefined || point.from >= known.from)) best = index;
      });
      return best;
    },
  };
}

/** The names of functions that come to a port sooner or later. */
function leadingNames(sources: readonly ts.SourceFile[]): ReadonlySet<string> {
  const bodies: { readonly name: string; readonly body: ts.Node }[] = [];
  for (const source of sources) {
    walk(source, (node) => {
      const name = (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) ? node.name?.getText()
        : (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) && node.initializer !== undefined && ts.isArrowFunction(node.initializer) ? node.name.getText() : undefined;
      const body = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) ? node.body : (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) ? node.initializer : undefined;
      if (name !== undefined && body !== undefined) bodies.push({ name, body });
      // A function that was handed over is called by the name of its parameter.
      if (ts.isParameter(node) && ts.isIdentifier(node.name) && node.type !== undefined && ts.isFunctionTypeNode(node.type) && /Promise|Drain/.test(node.type.getText())) bodies.push({ name: node.name.text, body: ts.factory.createNull() });
    });
  }
  const names = new Set(bodies.filter(({ body }) => body.kind === ts.SyntaxKind.NullKeyword).map(({ name }) => name).concat('drain', 'take', 'work'));
  for (let before = -1; names.size !== before;) {
    before = names.size;
    for (const { name, body } of bodies) if (body.kind !== ts.SyntaxKind.NullKeyword && name !== JOINING && !names.has(name) && leads(body, names)) names.add(name);
  }
  return names;
}

function leads(node: ts.Node, names: ReadonlySet<string>): boolean {
  let found = false;
  walk(node, (inner) => {
    if (!ts.isCallExpression(inner)) return;
    const { expression } = inner;
    // A function that is called with another `this` is not one that is called `call`.
    if (ts.isPropertyAccessExpression(expression) && ts.isParenthesizedExpression(expression.expression)) return;
    const name = ts.isIdentifier(expression) ? expression.text : ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
    const owner = ts.isPropertyAccessExpression(expression) ? expression.expression.getText() : '';
    // What time a clock shows is there at once.
    const port = PORTS.has(name) && (/(store|adapter|dispatcher)$/.test(owner) || (name === 'sleep' && owner.endsWith('clock')));
    if (port || (names.has(name) && (owner === '' || !/^(Math|JSON|Object|Array|Promise)$/.test(owner)))) found = true;
  });
  return found;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => { walk(child, visit); });
}
