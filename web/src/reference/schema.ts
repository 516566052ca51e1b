import { resolve, type Contract, type Schema } from './contract';

/** A schema with its references followed and its `allOf` parts put together. */
export interface Shape extends Schema {
  /** The component's name, where it has one. */
  name?: string;
}

/** One line in the tree of a body. */
export interface Member {
  name: string;
  type: string;
  required: boolean;
  shape: Shape;
  /** The mark that says who can see it: its own, or that of the member around it. */
  mark: string | undefined;
}

export function shapeOf(contract: Contract, schema: Schema): Shape {
  const { $ref, allOf, ...own } = schema;
  let shape: Shape = {};
  if ($ref !== undefined) {
    shape = { ...shapeOf(contract, resolveOnce(contract, $ref)), name: $ref.slice($ref.lastIndexOf('/') + 1) };
  }
  const title = shape.name;
  for (const part of allOf ?? []) shape = merge(shape, shapeOf(contract, part));
  shape = merge(shape, own);
  if (title !== undefined) shape.name = title;
  return shape;
}

function resolveOnce(contract: Contract, $ref: string): Schema {
  return resolve<Schema>(contract, { $ref });
}

function merge(first: Shape, second: Shape): Shape {
  const merged: Shape = { ...first, ...second };
  if (first.properties && second.properties) merged.properties = { ...first.properties, ...second.properties };
  if (first.required && second.required) merged.required = [...first.required, ...second.required];
  return merged;
}

/**
 * The members inside a shape: an object's properties, a list's item's
 * properties, a map's values, the alternatives of a choice.
 */
export function membersOf(contract: Contract, shape: Shape, mark?: string): Member[] {
  const inside = shape['x-visibility'] ?? mark;
  if (shape.items) return membersOf(contract, shapeOf(contract, shape.items), inside);
  const members = Object.entries(shape.properties ?? {}).map(([name, schema]) =>
    member(contract, name, schema, shape.required?.includes(name) ?? false, inside),
  );
  if (typeof shape.additionalProperties === 'object' && Object.keys(shape.additionalProperties).length > 0) {
    members.push(member(contract, '{any name}', shape.additionalProperties, false, inside));
  }
  const choices = choicesOf(shape);
  choices.forEach((choice, i) => {
    const found = shapeOf(contract, choice);
    if (choices.length === 1) members.push(...membersOf(contract, found, inside));
    else if (hasMembers(found)) members.push(member(contract, `either: ${found.name ?? found.title ?? i + 1}`, choice, false, inside));
  });
  return members;
}

/** The alternatives of a choice; "or null" is none. */
function choicesOf(shape: Shape): Schema[] {
  return [...(shape.oneOf ?? []), ...(shape.anyOf ?? [])].filter((choice) => choice.type !== 'null');
}

/** The components whose members membersOf tells: the shape's own, its items', its only choice's. */
export function componentsOf(contract: Contract, shape: Shape): string[] {
  const names = shape.name === undefined ? [] : [shape.name];
  if (shape.items) return [...names, ...componentsOf(contract, shapeOf(contract, shape.items))];
  const [choice, ...others] = choicesOf(shape);
  if (choice && others.length === 0) names.push(...componentsOf(contract, shapeOf(contract, choice)));
  return names;
}

function member(contract: Contract, name: string, schema: Schema, required: boolean, around?: string): Member {
  const shape = shapeOf(contract, schema);
  return { name, type: typeOf(contract, shape), required, shape, mark: shape['x-visibility'] ?? around };
}

/** Whether there is anything to unfold. */
export function hasMembers(shape: Shape): boolean {
  return (
    shape.properties !== undefined ||
    shape.items !== undefined ||
    shape.oneOf !== undefined ||
    shape.anyOf !== undefined ||
    typeof shape.additionalProperties === 'object'
  );
}

/** The type in words: `string (uuid)`, `list of Workout`, `integer or null`. */
export function typeOf(contract: Contract, shape: Shape): string {
  const choices = [...(shape.oneOf ?? []), ...(shape.anyOf ?? [])];
  if (choices.length > 0) return unique(choices.map((choice) => typeOf(contract, shapeOf(contract, choice)))).join(' or ');
  if (shape.items) {
    return `list of ${typeOf(contract, shapeOf(contract, shape.items))}`;
  }
  const types = typeof shape.type === 'string' ? [shape.type] : (shape.type ?? []);
  const words = types.map((type) => (type === 'object' && shape.name !== undefined ? shape.name : type));
  if (words.length === 0) words.push(shape.name ?? (shape.properties ? 'object' : 'any'));
  const text = words.join(' or ');
  return shape.format === undefined ? text : `${text} (${shape.format})`;
}

function unique(words: string[]): string[] {
  return [...new Set(words)];
}

/** What a value must hold to be accepted, one phrase each. */
export function limitsOf(shape: Shape): string[] {
  const limits: string[] = [];
  const add = (value: unknown, text: (shown: string) => string) => {
    if (value !== undefined) limits.push(text(typeof value === 'string' ? value : JSON.stringify(value)));
  };
  add(shape.const, (v) => `always ${v}`);
  add(shape.minimum, (v) => `at least ${v}`);
  add(shape.exclusiveMinimum, (v) => `more than ${v}`);
  add(shape.maximum, (v) => `at most ${v}`);
  add(shape.exclusiveMaximum, (v) => `less than ${v}`);
  const unit = shape.format === 'binary' ? 'bytes' : 'characters';
  add(shape.minLength, (v) => `${v} or more ${unit}`);
  add(shape.maxLength, (v) => `up to ${v} ${unit}`);
  add(shape.minItems, (v) => `${v} or more items`);
  add(shape.maxItems, (v) => `up to ${v} items`);
  add(shape.pattern, (v) => `matches ${v}`);
  add(shape.default, (v) => `default ${v}`);
  return limits;
}
