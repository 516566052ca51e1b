/**
 * The part of an OpenAPI 3.1 document that the reference page reads, with this
 * project's own marks: `x-access` on operations, `x-visibility` on members and
 * `x-privacy-model`, the field table, at the top.
 */

export interface Contract {
  info: { title: string; version: string; summary?: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, PathItem>;
  'x-privacy-model'?: Field[];
}

/** One row of the privacy model's field table. */
export interface Field {
  field: string;
  subject: string;
  /** Who sees it before the owner changes anything. */
  default: string;
  /** The widest audience the owner may choose. */
  max: string;
  /** Where the audience comes from: setting, object, discoverability or fixed. */
  source?: string;
  /** The scope that anyone but a member's own session needs. */
  scope: string;
  /** Encrypted at rest with a key per member. */
  sealed: boolean;
}

/** Who may call an operation, with which scope, on what. */
export interface Access {
  auth: string;
  scope: string;
  object: string;
  quota: string;
  cache: string;
}

export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  deprecated?: boolean;
  parameters?: (Parameter | Ref)[];
  requestBody?: Body | Ref;
  responses?: Record<string, Response | Ref>;
  'x-access'?: Access;
  /** Where the whole answer stands under one field. */
  'x-visibility'?: string;
}

export type PathItem = Partial<Record<Method, Operation>> & { parameters?: (Parameter | Ref)[] };

export const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;
export type Method = (typeof methods)[number];

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

export interface Body {
  description?: string;
  required?: boolean;
  content?: Record<string, Media>;
}

export interface Response {
  description?: string;
  headers?: Record<string, { description?: string } | Ref>;
  content?: Record<string, Media>;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { summary?: string; value?: unknown } | Ref>;
}

export interface Ref {
  $ref: string;
}

export interface Schema {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  readOnly?: boolean;
  writeOnly?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  'x-visibility'?: string;
}

/** Follows a reference within the document. Throws when it leads nowhere. */
export function resolve<T extends object>(contract: Contract, node: T | Ref): T {
  let found: unknown = node;
  for (let hops = 0; isRef(found); hops++) {
    if (hops > 20) throw new Error(`the reference ${found.$ref} never ends`);
    found = lookUp(contract, found.$ref);
  }
  return found as T;
}

function isRef(node: unknown): node is Ref {
  return typeof node === 'object' && node !== null && '$ref' in node && typeof node.$ref === 'string';
}

function lookUp(contract: Contract, ref: string): unknown {
  if (!ref.startsWith('#/')) throw new Error(`the reference ${ref} leaves the document`);
  let at: unknown = contract;
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) {
      throw new Error(`the reference ${ref} leads nowhere`);
    }
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}
