import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildSchema, isEnumType, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isRequiredArgument, isRequiredInputField,
  isSpecifiedScalarType, parse, validate,
} from 'graphql';
import type { GraphQLArgument, GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { shopSchema } from '../src/shopify/schema.ts';

// The vendor's schema is not ours to publish, so it stands beside the repository, where there is one.
const shared = process.env['STOCKWRIGHT_SHARED'] ?? join(dirname(fileURLToPath(import.meta.url)), '../../../../shared');
const folder = join(shared, 'contracts/shopify');
const schemaFile = join(folder, 'admin-2026-10.inventory.graphql');
const documentsFile = join(folder, 'example-documents.json');
const isPresent = existsSync(schemaFile) && existsSync(documentsFile);

if (!isPresent) console.warn(`The vendor's schema is not at ${schemaFile}: the Shopify contract is NOT checked. Set STOCKWRIGHT_SHARED to the folder that holds contracts/.`);

/** Documents whose fields the simulator speaks; the others (bulk, bundles, transfers, refunds by API) it does not. */
const SUPPORTED = ['levels', 'items', 'set', 'adjust', 'activate', 'toggle', 'track', 'hook', 'hooks', 'locations', 'orders', 'app'];

it.runIf(process.env['CI'] !== undefined)('has the vendor schema at hand in CI', () => {
  expect(isPresent, schemaFile).toBe(true);
});

describe.skipIf(!isPresent)('the simulated Shopify API', () => {
  const ours = shopSchema('2026-10');

  it('declares nothing that the vendor does not, and nothing differently', () => {
    const vendor = buildSchema(readFileSync(schemaFile, 'utf8'));

    const differences = Object.values(ours.getTypeMap())
      .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
      .flatMap((type) => typeDifferences(type, vendor.getType(type.name)));
    const directive = [ours, vendor].map((schema) => describeDirective(schema));

    expect(differences).toEqual([]);
    expect(directive[0]).toEqual(directive[1]);
  });

  it('notices a difference', () => {
    const changed = buildSchema('type QueryRoot { node(id: ID!, extra: Int): String } interface Node { id: ID! }');

    const differences = typeDifferences(changed.getType('QueryRoot') as GraphQLNamedType, ours.getType('QueryRoot'));

    expect(differences).toEqual(['QueryRoot.node is String here and Node at the vendor', 'QueryRoot.node(extra) is not at the vendor']);
  });

  it.each(SUPPORTED)('understands the document %s', (name) => {
    const documents = JSON.parse(readFileSync(documentsFile, 'utf8')) as Readonly<Record<string, string>>;

    expect(validate(ours, parse(documents[name] ?? '')).map(({ message }) => message)).toEqual([]);
  });
});

function typeDifferences(type: GraphQLNamedType, vendor: GraphQLNamedType | undefined): readonly string[] {
  if (vendor === undefined) return [`${type.name} is not at the vendor`];
  if (type.constructor !== vendor.constructor) return [`${type.name} is another kind of type at the vendor`];
  if (isEnumType(type) && isEnumType(vendor)) {
    return type.getValues().filter(({ name }) => vendor.getValue(name) === undefined || vendor.getValue(name) === null).map(({ name }) => `${type.name}.${name} is not at the vendor`);
  }
  if (isInputObjectType(type) && isInputObjectType(vendor)) {
    const fields = type.getFields();
    const missing = Object.values(vendor.getFields()).filter((field) => isRequiredInputField(field) && fields[field.name] === undefined);
    return [
      ...Object.values(fields).flatMap((field) => slotDifferences(`${type.name}.${field.name}`, field, vendor.getFields()[field.name])),
      ...missing.map(({ name }) => `${type.name}.${name} is required at the vendor and missing here`),
    ];
  }
  if ((isObjectType(type) || isInterfaceType(type)) && (isObjectType(vendor) || isInterfaceType(vendor))) {
    const interfaces = type.getInterfaces().filter(({ name }) => !vendor.getInterfaces().some((each) => each.name === name));
    return [
      ...interfaces.map(({ name }) => `${type.name} does not implement ${name} at the vendor`),
      ...Object.values(type.getFields()).flatMap((field) => fieldDifferences(type.name, field, vendor.getFields()[field.name])),
    ];
  }
  return [];
}

function fieldDifferences(typeName: string, field: GraphQLField<unknown, unknown>, vendor: GraphQLField<unknown, unknown> | undefined): readonly string[] {
  const where = `${typeName}.${field.name}`;
  if (vendor === undefined) return [`${where} is not at the vendor`];
  const missing = vendor.args.filter((argument) => isRequiredArgument(argument) && !field.args.some(({ name }) => name === argument.name));
  return [
    ...(String(field.type) === String(vendor.type) ? [] : [`${where} is ${String(field.type)} here and ${String(vendor.type)} at the vendor`]),
    ...field.args.flatMap((argument) => slotDifferences(`${where}(${argument.name})`, argument, vendor.args.find(({ name }) => name === argument.name))),
    ...missing.map(({ name }) => `${where}(${name}) is required at the vendor and missing here`),
  ];
}

type Slot = Pick<GraphQLArgument, 'type' | 'defaultValue'>;

function slotDifferences(where: string, slot: Slot, vendor: Slot | undefined): readonly string[] {
  if (vendor === undefined) return [`${where} is not at the vendor`];
  const describeSlot = ({ type, defaultValue }: Slot): string => `${String(type)}${defaultValue === undefined ? '' : ` = ${JSON.stringify(defaultValue)}`}`;
  return describeSlot(slot) === describeSlot(vendor) ? [] : [`${where} is ${describeSlot(slot)} here and ${describeSlot(vendor)} at the vendor`];
}

function describeDirective(schema: GraphQLSchema): unknown {
  const directive = schema.getDirective('idempotent');
  return { locations: directive?.locations, args: directive?.args.map(({ name, type }) => `${name}: ${String(type)}`) };
}
