import { slug } from '../dom';
import { methods, resolve, type Contract, type Operation, type Parameter, type Schema } from './contract';
import { componentsOf, membersOf, shapeOf } from './schema';

/** An operation with what is needed to list, find and show it. */
export interface Entry {
  id: string;
  method: string;
  path: string;
  title: string;
  tag: string;
  operation: Operation;
  parameters: Parameter[];
  /** The fields of the privacy model that its answers can carry. */
  fields: Set<string>;
  /** Everything the search looks at, in lower case. */
  text: string;
}

export interface Group {
  tag: string;
  description: string | undefined;
  entries: Entry[];
}

/** The operations by tag, in the order in which the document names the tags. */
export function groupsOf(contract: Contract): Group[] {
  const groups = new Map<string, Group>();
  for (const { name, description } of contract.tags ?? []) groups.set(name, { tag: name, description, entries: [] });
  for (const entry of entriesOf(contract)) {
    const group = groups.get(entry.tag) ?? { tag: entry.tag, description: undefined, entries: [] };
    group.entries.push(entry);
    groups.set(entry.tag, group);
  }
  return [...groups.values()].filter(({ entries }) => entries.length > 0);
}

function entriesOf(contract: Contract): Entry[] {
  return Object.entries(contract.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation ? [entryOf(contract, path, method, operation, item.parameters ?? [])] : [];
    }),
  );
}

function entryOf(contract: Contract, path: string, method: string, operation: Operation, shared: Operation['parameters']): Entry {
  const id = slug(operation.operationId ?? `${method}${path}`);
  const title = operation.summary ?? id;
  const tag = operation.tags?.[0] ?? 'other';
  const parameters = [...(shared ?? []), ...(operation.parameters ?? [])].map((one) => resolve(contract, one));
  const fields = fieldsOf(contract, operation);
  const text = [id, method, path, title, tag, ...fields].join(' ').toLowerCase();
  return { id, method, path, title, tag, operation, parameters, fields, text };
}

/** Collects the visibility marks of all bodies an operation answers with. */
function fieldsOf(contract: Contract, operation: Operation): Set<string> {
  const found = new Set<string>(operation['x-visibility'] === undefined ? [] : [operation['x-visibility']]);
  const seen = new Set<string>();
  const visit = (schema: Schema, mark?: string): void => {
    const shape = shapeOf(contract, schema);
    const components = componentsOf(contract, shape);
    if (components.some((name) => seen.has(name))) return;
    for (const name of components) seen.add(name);
    for (const member of membersOf(contract, shape, mark)) {
      if (member.mark !== undefined && member.mark !== 'always' && member.mark !== 'owner') found.add(member.mark);
      visit(member.shape, member.mark);
    }
  };
  for (const reference of Object.values(operation.responses ?? {})) {
    for (const { schema } of Object.values(resolve(contract, reference).content ?? {})) if (schema) visit(schema);
  }
  return found;
}

/** Whether every word of the search occurs in the operation; `field:NAME` asks for that very field. */
export function matches(entry: Entry, search: string): boolean {
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => (word.startsWith('field:') ? entry.fields.has(word.slice('field:'.length)) : entry.text.includes(word)));
}
