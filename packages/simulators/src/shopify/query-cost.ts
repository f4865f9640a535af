import { getNamedType, isAbstractType, isInterfaceType, isLeafType, isObjectType, Kind, valueFromASTUntyped } from 'graphql';
import type { FragmentDefinitionNode, GraphQLNamedType, GraphQLSchema, OperationDefinitionNode, SelectionNode, SelectionSetNode } from 'graphql';

/**
 * Points of an operation, fitted to recorded answers of the vendor (2026): a leaf is free, an object costs 1, a list
 * counts as one object, errors and page infos are free, and a connection costs 2 plus its nodes' cost once for about every
 * doubling-and-a-half of its size: 1 for one or two, 3 for five, 7 for fifty, 11 for 250. A mutation costs 9 plus its
 * payload, at least 10.
 */
export interface CostQuestion {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
}

const MUTATION_BASE = 9;
const CONNECTION_BASE = 2;

/** How often the nodes of a connection of this size count. */
export function connectionFactor(size: number): number {
  return size === 0 ? 0 : Math.max(1, Math.floor(2 * Math.log(size)));
}

/** What a request asks for, before it is run. */
export function requestedCost(question: CostQuestion): number {
  return rootCost(question, undefined);
}

/** What an answer was worth: connections by the nodes they have, objects only where they are there. */
export function actualCost(question: CostQuestion, data: unknown): number {
  return rootCost(question, data ?? {});
}

function rootCost(question: CostQuestion, data: unknown): number {
  const { schema, operation } = question;
  const isMutation = operation.operation === 'mutation';
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  if (root === null || root === undefined) return 0;
  if (!isMutation) return selectionCost(question, operation.selectionSet, root, data);
  return fieldsOf(question, operation.selectionSet).reduce((total, { field }) => {
    const payload = getNamedType(root.getFields()[field.name.value]?.type);
    const value = data === undefined ? undefined : readField(data, field) ?? null;
    const inner = payload === undefined || field.selectionSet === undefined || value === null ? 0 : selectionCost(question, field.selectionSet, payload, value);
    return total + MUTATION_BASE + Math.max(1, inner);
  }, 0);
}

interface PlacedField {
  readonly field: Extract<SelectionNode, { kind: Kind.FIELD }>;
  /** The type condition under which it stands, where there is one. */
  readonly condition: string | undefined;
}

function fieldsOf(question: CostQuestion, set: SelectionSetNode, condition?: string): readonly PlacedField[] {
  return set.selections.flatMap((selection): readonly PlacedField[] => {
    if (selection.kind === Kind.FIELD) return [{ field: selection, condition }];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(question, selection.selectionSet, selection.typeCondition?.name.value ?? condition);
    const fragment = question.fragments.get(selection.name.value);
    return fragment === undefined ? [] : fieldsOf(question, fragment.selectionSet, fragment.typeCondition.name.value);
  });
}

/** The cost of what stands under an object; of several possible types the dearest counts. */
function selectionCost(question: CostQuestion, set: SelectionSetNode, type: GraphQLNamedType, data: unknown): number {
  let common = 0;
  const byType = new Map<string, number>();
  for (const { field, condition } of fieldsOf(question, set)) {
    const owner = condition === undefined ? type : question.schema.getType(condition) ?? type;
    if (data !== undefined && condition !== undefined && isObjectType(owner) && !mayBe(data, owner.name, type)) continue;
    const cost = fieldCost(question, field, owner, data);
    if (condition === undefined || !isAbstractType(type)) common += cost;
    else byType.set(condition, (byType.get(condition) ?? 0) + cost);
  }
  return common + Math.max(0, ...byType.values());
}

/** Whether an answer can be of a type: told by its `__typename` where that was asked for. */
function mayBe(data: unknown, typeName: string, declared: GraphQLNamedType): boolean {
  if (typeof data !== 'object' || data === null || !isAbstractType(declared)) return true;
  const actual = (data as Readonly<Record<string, unknown>>)['__typename'];
  return actual === undefined || actual === typeName;
}

function fieldCost(question: CostQuestion, field: PlacedField['field'], owner: GraphQLNamedType, data: unknown): number {
  if (!isObjectType(owner) && !isInterfaceType(owner)) return 0;
  const declared = owner.getFields()[field.name.value]?.type;
  const type = declared === undefined ? undefined : getNamedType(declared);
  if (type === undefined || isLeafType(type) || field.selectionSet === undefined || isFree(type)) return 0;
  const value = data === undefined ? undefined : readField(data, field) ?? null;
  if (value === null) return 0;
  if (type.name.endsWith('Connection')) return CONNECTION_BASE + connectionCost(question, field, type, value);
  if (!Array.isArray(value)) return 1 + selectionCost(question, field.selectionSet, type, value);
  const present = value.filter((each) => each !== null);
  return present.length === 0 ? 0 : 1 + dearest(question, field.selectionSet, type, present);
}

function connectionCost(question: CostQuestion, field: PlacedField['field'], type: GraphQLNamedType, value: unknown): number {
  let total = 0;
  for (const { field: part } of fieldsOf(question, field.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] })) {
    if (part.name.value !== 'nodes' || part.selectionSet === undefined || !isObjectType(type)) continue;
    const node = getNamedType(type.getFields()['nodes']?.type);
    if (node === undefined) continue;
    if (value === undefined) {
      total += connectionFactor(pageSizeOf(question, field)) * (1 + selectionCost(question, part.selectionSet, node, undefined));
      continue;
    }
    const nodes = readField(value, part);
    if (Array.isArray(nodes) && nodes.length > 0) total += connectionFactor(nodes.length) * (1 + dearest(question, part.selectionSet, node, nodes));
  }
  return total;
}

function dearest(question: CostQuestion, set: SelectionSetNode, type: GraphQLNamedType, values: readonly unknown[]): number {
  return values.reduce<number>((most, value) => Math.max(most, selectionCost(question, set, type, value)), 0);
}

function pageSizeOf({ variables }: CostQuestion, field: PlacedField['field']): number {
  for (const argument of field.arguments ?? []) {
    if (argument.name.value !== 'first' && argument.name.value !== 'last') continue;
    const size = valueFromASTUntyped(argument.value, { ...variables });
    if (typeof size === 'number') return size;
  }
  return 0;
}

function isFree(type: GraphQLNamedType): boolean {
  if (type.name === 'PageInfo') return true;
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'DisplayableError');
}

function readField(data: unknown, field: PlacedField['field']): unknown {
  if (typeof data !== 'object' || data === null) return undefined;
  return (data as Readonly<Record<string, unknown>>)[field.alias?.value ?? field.name.value];
}
