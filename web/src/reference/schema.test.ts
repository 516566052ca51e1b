import { describe, expect, it } from 'vitest';
import { resolve, type Schema } from './contract';
import { limitsOf, membersOf, shapeOf, typeOf } from './schema';
import { contract } from './testdocument';

const member: Schema = { $ref: '#/components/schemas/Member' };
const shape = (schema: Schema) => shapeOf(contract, schema);
const marks = (schema: Schema) =>
  Object.fromEntries(membersOf(contract, shape(schema)).map(({ name, mark }) => [name, mark]));

describe('references', () => {
  it('keep what stands beside them', () => {
    expect(shape({ ...member, 'x-visibility': 'owner' })).toMatchObject({ name: 'Member', 'x-visibility': 'owner' });
  });

  it.each(['#/components/schemas/Nobody', 'other.yaml#/X', '#/constructor'])('throw when %s leads nowhere', ($ref) => {
    expect(() => resolve(contract, { $ref })).toThrow(/reference/);
  });

  it('throw when they go round in a circle', () => {
    const round = { ...contract, components: { a: { $ref: '#/components/a' } } };
    expect(() => resolve(round, { $ref: '#/components/a' })).toThrow(/never ends/);
  });
});

describe('membersOf', () => {
  it('tells the mark of each member', () => {
    expect(marks(member)).toEqual({
      id: 'id', weight_kg: 'weight_kg', email: 'email', place: 'location', friends: 'always', settings: 'owner',
    });
  });

  it('hands a mark down to members without their own', () => {
    expect(marks({ type: 'object', 'x-visibility': 'effort', properties: { a: {}, b: { 'x-visibility': 'route' } } })).toEqual({
      a: 'effort', b: 'route',
    });
  });

  it('leaves a member without any mark undeclared', () => {
    expect(marks({ properties: { a: {} } })).toEqual({ a: undefined });
  });

  it('goes through lists, maps and "or null"', () => {
    const names = Object.keys(marks(member));
    expect(Object.keys(marks({ type: 'array', items: member }))).toEqual(names);
    expect(Object.keys(marks({ anyOf: [member, { type: 'null' }] }))).toEqual(names);
    expect(Object.keys(marks({ additionalProperties: member }))).toEqual(['{any name}']);
  });

  it('names the alternatives of a choice', () => {
    const other: Schema = { title: 'Other', properties: { x: {} } };
    expect(Object.keys(marks({ oneOf: [member, other] }))).toEqual(['either: Member', 'either: Other']);
  });

  it('puts the parts of allOf together', () => {
    const both = shape({ allOf: [member, { properties: { extra: {} }, required: ['extra'] }] });
    expect(Object.keys(both.properties ?? {})).toContain('extra');
    expect(both.required).toEqual(['id', 'extra']);
  });
});

describe('typeOf', () => {
  it.each<[Schema, string]>([
    [{ type: 'string', format: 'uuid' }, 'string (uuid)'],
    [{ type: ['integer', 'null'] }, 'integer or null'],
    [{ type: 'array', items: member }, 'list of Member'],
    [{ anyOf: [member, { type: 'null' }] }, 'Member or null'],
    [{ properties: {} }, 'object'],
    [{}, 'any'],
  ])('names %j', (schema, text) => {
    expect(typeOf(contract, shape(schema))).toBe(text);
  });
});

describe('limitsOf', () => {
  it('tells every bound', () => {
    expect(limitsOf({ minimum: 0, maximum: 9, maxItems: 3, default: 'a', const: null })).toEqual([
      'always null', 'at least 0', 'at most 9', 'up to 3 items', 'default a',
    ]);
  });

  it('counts a file in bytes', () => {
    expect(limitsOf({ format: 'binary', maxLength: 10 })).toEqual(['up to 10 bytes']);
  });
});
