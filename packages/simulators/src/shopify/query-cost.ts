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
  if (operation.operation !== 'mutation') return selectionCost(question, operation.selectionSet, { type: schema.getQueryType(), data });
  return fieldsOf(question, operation.selectionSet).reduce((total, { field }) => {
    const payload = fieldCost(question, field, { type: schema.getMutationType(), data });
    // The payload object itself is in the base.
    return total + MUTATION_BASE + Math.max(1, payload - 1);
  }, 0);
}

type Field = Extract<SelectionNode, { kind: Kind.FIELD }>;

interface PlacedField {
  readonly field: Field;
  /** The type condition under which it stands, where there is one. */
  readonly condition: string | undefined;
}

/** Something to be measured: by its type alone, or, where `data` is there, by what it holds. */
interface Measured {
  readonly type: GraphQLNamedType | null | undefined;
  readonly data: unknown;
}

function fieldsOf(question: CostQuestion, set: SelectionSetNode | undefined, condition?: string): readonly PlacedField[] {
  return (set?.selections ?? []).flatMap((selection): readonly PlacedField[] => {
    if (selection.kind === Kind.FIELD) return [{ field: selection, condition }];
    if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(question, selection.selectionSet, selection.typeCondition?.name.value ?? condition);
    const fragment = question.fragments.get(selection.name.value);
    return fieldsOf(question, fragment?.selectionSet, fragment?.typeCondition.name.value);
  });
}

/** The cost of what stands under an object; of several possible types the dearest counts. */
function selectionCost(question: CostQuestion, set: SelectionSetNode | undefined, measured: Measured): number {
  const { type, data } = measured;
  let common = 0;
  const byType = new Map<string, number>();
  for (const { field, condition } of fieldsOf(question, set)) {
    if (condition === undefined || !isAbstractType(type)) {
      common += fieldCost(question, field, measured);
    } else if (mayBe(data, condition)) {
      const cost = fieldCost(question, field, { type: question.schema.getType(condition), data });
      byType.set(condition, (byType.get(condition) ?? 0) + cost);
    }
  }
  return common + Math.max(0, ...byType.values());
}

/** Whether an answer can be of a type: told by its `__typename` where that was asked for. */
function mayBe(data: unknown, typeName: string): boolean {
  if (typeof data !== 'object' || data === null) return true;
  const actual = (data as Readonly<Record<string, unknown>>)['__typename'];
  return actual === undefined || actual === typeName;
}

function fieldCost(question: CostQuestion, field: Field, owner: Measured): number {
  const type = fieldType(owner.type, field.name.value);
  if (type === undefined || isLeafType(type) || isFree(type)) return 0;
  const data = readField(owner.data, field);
  if (data === null) return 0;
  if (type.name.endsWith('Connection')) return CONNECTION_BASE + connectionCost(question, field, { type, data });
  if (!Array.isArray(data)) return 1 + selectionCost(question, field.selectionSet, { type, data });
  const present = data.filter((each) => each !== null);
  return present.length === 0 ? 0 : 1 + dearest(question, field.selectionSet, { type, data: present });
}

function connectionCost(question: CostQuestion, field: Field, connection: Measured): number {
  const parts = fieldsOf(question, field.selectionSet).filter(({ field: part }) => part.name.value === 'nodes');
  return parts.reduce((total, { field: part }) => {
    const type = fieldType(connection.type, 'nodes');
    const data = readField(connection.data, part);
    const size = Array.isArray(data) ? data.length : pageSizeOf(question, field);
    return total + connectionFactor(size) * (1 + dearest(question, part.selectionSet, { type, data }));
  }, 0);
}

function dearest(question: CostQuestion, set: SelectionSetNode | undefined, { type, data }: Measured): number {
  const values: readonly unknown[] = Array.isArray(data) ? data : [data];
  return values.reduce<number>((most, value) => Math.max(most, selectionCost(question, set, { type, data: value })), 0);
}

function pageSizeOf({ variables }: CostQuestion, field: Field): number {
  for (const argument of field.arguments ?? []) {
    if (argument.name.value !== 'first' && argument.name.value !== 'last') continue;
    const size = valueFromASTUntyped(argument.value, { ...variables });
    if (typeof size === 'number') return size;
  }
  return 0;
}

function fieldType(owner: GraphQLNamedType | null | undefined, name: string): GraphQLNamedType | undefined {
  if (!isObjectType(owner) && !isInterfaceType(owner)) return undefined;
  const type = owner.getFields()[name]?.type;
  return type === undefined ? undefined : getNamedType(type);
}

function isFree(type: GraphQLNamedType): boolean {
  if (type.name === 'PageInfo') return true;
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'DisplayableError');
}

/** What an answer holds under a field: nothing where there is no answer to read, null where the answer has none. */
function readField(data: unknown, field: Field): unknown {
  if (data === undefined) return undefined;
  if (typeof data !== 'object' || data === null) return null;
  return (data as Readonly<Record<string, unknown>>)[field.alias?.value ?? field.name.value] ?? null;
}
