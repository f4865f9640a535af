import { coerceInputValue, getDirectiveValues, Kind, print, typeFromAST, valueFromASTUntyped } from 'graphql';
import type { DocumentNode, FieldNode, FragmentDefinitionNode, GraphQLError, GraphQLInputType, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { checkDocument } from './schema.ts';

/** An error as the vendor writes it. */
export interface WireError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A request that can be run. */
export interface ReadableOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly rawVariables: Readonly<Record<string, unknown>>;
  /** The fields at the root, fragments there not followed. */
  readonly rootFields: readonly FieldNode[];
}

/** What a client posts. */
export interface GraphqlPost {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

/** The most elements of any array that a request carries. */
export const INPUT_ARRAY_MAX = 250;

/** Reads, validates and measures a request; errors come without data, as the vendor sends them. */
export function readOperation(schema: GraphQLSchema, post: GraphqlPost): ReadableOperation | { readonly errors: readonly WireError[] } {
  const { document, errors } = checkDocument(schema, post.query);
  if (document === undefined) return { errors: errors.map(toValidationError) };
  const operations = document.definitions.filter((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);
  const operation = post.operationName === undefined ? operations[0] : operations.find(({ name }) => name?.value === post.operationName);
  if (operation === undefined || (post.operationName === undefined && operations.length > 1)) {
    return { errors: [{ message: post.operationName === undefined ? 'An operation name is required' : `No operation named "${post.operationName}"` }] };
  }
  const problems = variableErrors(schema, operation, post.variables);
  if (problems.length > 0) return { errors: problems };
  const rootFields = operation.selectionSet.selections.filter((each): each is FieldNode => each.kind === Kind.FIELD);
  const tooLarge = rootFields.flatMap((field) => arrayErrors(field, post.variables));
  if (tooLarge.length > 0) return { errors: tooLarge };
  const fragments = new Map(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [])));
  return { document, operation, fragments, rawVariables: post.variables, rootFields };
}

/** An error of graphql-js without its fields that are not sent. */
export function toWireError(error: GraphQLError): WireError {
  const { message, locations, path, extensions } = error;
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
    ...(path === undefined ? {} : { path }),
  };
}

function toValidationError(error: GraphQLError): WireError {
  const base = toWireError(error);
  const unknownField = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message);
  if (unknownField !== null) {
    const [, fieldName = '', typeName = ''] = unknownField;
    return { ...base, message: `Field '${fieldName}' doesn't exist on type '${typeName}'`, extensions: { code: 'undefinedField', typeName, fieldName } };
  }
  const unknownArgument = /^Unknown argument "(\w+)" on field "(\w+)\.(\w+)"/.exec(error.message);
  if (unknownArgument !== null) {
    const [, argumentName = '', typeName = '', fieldName = ''] = unknownArgument;
    return { ...base, message: `Field '${fieldName}' doesn't accept argument '${argumentName}'`, extensions: { code: 'argumentNotAccepted', name: fieldName, typeName, argumentName } };
  }
  return base;
}

function variableErrors(schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): readonly WireError[] {
  return (operation.variableDefinitions ?? []).flatMap((definition): readonly WireError[] => {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type) as GraphQLInputType | undefined;
    const value = variables[name];
    if (type === undefined || (value === undefined && (definition.defaultValue !== undefined || definition.type.kind !== Kind.NON_NULL_TYPE))) return [];
    const problems: { readonly path: readonly (string | number)[]; readonly explanation: string }[] = [];
    coerceInputValue(value, type, (path, _invalid, error) => {
      const { path: fullPath, explanation } = explain(path, error.message);
      problems.push({ path: fullPath, explanation });
    });
    if (problems.length === 0) return [];
    const listed = problems.map(({ path, explanation }) => (path.length === 0 ? explanation : `${path.join('.')} (${explanation})`)).join(', ');
    const location = definition.loc === undefined ? undefined : [{ line: definition.loc.startToken.line, column: definition.loc.startToken.column }];
    return [{
      message: `Variable $${name} of type ${print(definition.type)} was provided invalid value${problems.every(({ path }) => path.length === 0) ? '' : ` for ${listed}`}`,
      ...(location === undefined ? {} : { locations: location }),
      extensions: { code: 'INVALID_VARIABLE', value: value ?? null, problems },
    }];
  });
}

function explain(path: readonly (string | number)[], message: string): { readonly path: readonly (string | number)[]; readonly explanation: string } {
  const unknownField = /^Field "(\w+)" is not defined by type "(\w+)"/.exec(message);
  if (unknownField !== null) return { path: [...path, unknownField[1] ?? ''], explanation: `Field is not defined on ${unknownField[2] ?? ''}` };
  const missing = /^Field "(\w+)" of required type/.exec(message);
  if (missing !== null) return { path: [...path, missing[1] ?? ''], explanation: 'Expected value to not be null' };
  if (message.startsWith('Expected non-nullable type')) return { path, explanation: 'Expected value to not be null' };
  return { path, explanation: message };
}

function arrayErrors(field: FieldNode, variables: Readonly<Record<string, unknown>>): readonly WireError[] {
  return (field.arguments ?? []).flatMap((argument) => longArrays(
    valueFromASTUntyped(argument.value, { ...variables }), [field.name.value, argument.name.value],
  ));
}

function longArrays(value: unknown, path: readonly (string | number)[]): readonly WireError[] {
  if (Array.isArray(value) && value.length > INPUT_ARRAY_MAX) {
    return [{
      message: `The input array size of ${String(value.length)} is greater than the maximum allowed of ${String(INPUT_ARRAY_MAX)}.`,
      path, extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' },
    }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => longArrays(inner, [...path, name]));
}

/** Everything that a replay must repeat: the field and its arguments, in the order in which they were written. */
export function fingerprintOf(field: FieldNode | undefined, variables: Readonly<Record<string, unknown>>): string {
  if (field === undefined) return '';
  const values = (field.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value, { ...variables })]);
  return JSON.stringify([field.name.value, values]);
}

/** The idempotency key of a field, where it has one. */
export function keyOf(schema: GraphQLSchema, field: FieldNode, variables: Readonly<Record<string, unknown>>): string | undefined {
  const directive = schema.getDirective('idempotent');
  const key = directive === undefined || directive === null ? undefined : getDirectiveValues(directive, field, { ...variables })?.['key'];
  return typeof key === 'string' ? key : undefined;
}
