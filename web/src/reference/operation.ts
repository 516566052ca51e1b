import { h } from '../dom';
import { inline, prose } from '../prose';
import { accessLines } from './access';
import { visibilityBadge } from './badge';
import { resolve, type Contract, type Media, type Parameter } from './contract';
import type { Entry } from './entries';
import { shapeOf, typeOf } from './schema';
import { bodyTree, limits, values } from './tree';

/** One operation as an article; its id is the operationId, so that it can be linked to. */
export function operationArticle(contract: Contract, entry: Entry): HTMLElement {
  const { operation } = entry;
  return h(
    'article',
    { class: 'operation', id: entry.id, 'aria-labelledby': `${entry.id}-title` },
    h(
      'header',
      {},
      h('h3', { id: `${entry.id}-title` }, entry.title, anchor(entry)),
      h('p', { class: 'endpoint' }, methodBadge(entry.method), ' ', h('code', { class: 'path' }, pathParts(entry.path))),
      operation.deprecated === true ? h('p', { class: 'deprecated' }, 'Deprecated') : undefined,
    ),
    h('div', { class: 'prose' }, prose(operation.description)),
    access(contract, entry),
    parameters(contract, entry.parameters),
    request(contract, entry),
    responses(contract, entry),
  );
}

export function methodBadge(method: string): HTMLElement {
  return h('span', { class: `method method-${method}` }, method.toUpperCase());
}

function anchor(entry: Entry): HTMLElement {
  return h('a', { class: 'anchor', href: `#${entry.id}`, 'aria-label': `Link to ${entry.title}` }, '#');
}

/** The path with its parameters set apart and places where a line may break. */
function pathParts(path: string): (HTMLElement | string)[] {
  return path.split(/(?=\/)|(\{[^}]+\})/).filter(Boolean).flatMap((part) =>
    part.startsWith('{') ? [h('span', { class: 'path-parameter' }, part)] : [h('wbr'), part],
  );
}

function access(contract: Contract, entry: Entry): HTMLElement {
  const { 'x-access': declared, 'x-visibility': mark } = entry.operation;
  return h(
    'dl',
    { class: 'access' },
    accessLines(declared).map(({ term, text }) => h('div', {}, h('dt', {}, term), h('dd', {}, inline(text)))),
    mark === undefined
      ? undefined
      : h('div', {}, h('dt', {}, 'The whole answer'), h('dd', {}, visibilityBadge(contract, mark))),
  );
}

function parameters(contract: Contract, found: Parameter[]): HTMLElement | undefined {
  if (found.length === 0) return undefined;
  return h(
    'section',
    { class: 'part' },
    h('h4', {}, 'Parameters'),
    h('ul', { class: 'members' }, found.map((parameter) => parameterItem(contract, parameter))),
  );
}

function parameterItem(contract: Contract, parameter: Parameter): HTMLElement {
  const shape = shapeOf(contract, parameter.schema ?? {});
  return h(
    'li',
    { class: 'member' },
    h('code', { class: 'member-name' }, parameter.name),
    ' ',
    h('span', { class: 'type' }, `${typeOf(contract, shape)} in ${parameter.in}`),
    parameter.required === true ? [' ', h('span', { class: 'required' }, 'required')] : undefined,
    prose(parameter.description ?? shape.description),
    values(shape),
    limits(shape),
  );
}

function request(contract: Contract, entry: Entry): HTMLElement | undefined {
  if (!entry.operation.requestBody) return undefined;
  const body = resolve(contract, entry.operation.requestBody);
  return h(
    'section',
    { class: 'part' },
    h('h4', {}, 'Request body', body.required === true ? h('span', { class: 'required' }, 'required') : undefined),
    prose(body.description),
    media(contract, body.content, false),
  );
}

function responses(contract: Contract, entry: Entry): HTMLElement {
  const found = Object.entries(entry.operation.responses ?? {});
  return h(
    'section',
    { class: 'part responses' },
    h('h4', {}, 'Answers'),
    found.map(([status, reference]) => {
      const response = resolve(contract, reference);
      const name = h('span', { class: `status status-${status.slice(0, 1)}` }, status);
      const says = h('span', { class: 'says' }, inline(response.description?.split('\n', 1)[0] ?? ''));
      if (!response.content) return h('p', { class: 'response empty' }, name, ' ', says);
      return folded({ class: 'response', open: status.startsWith('2') }, [name, ' ', says], () =>
        media(contract, response.content, true),
      );
    }),
  );
}

function media(contract: Contract, content: Record<string, Media> | undefined, marked: boolean): HTMLElement[] {
  return Object.entries(content ?? {}).map(([type, { schema, example, examples }]) =>
    h(
      'div',
      { class: 'media' },
      h('p', { class: 'media-type' }, h('code', {}, type)),
      schema ? bodyTree(contract, schema, marked) : undefined,
      example === undefined ? undefined : exampleFold('Example', example),
      Object.entries(examples ?? {}).map(([name, reference]) => {
        const { summary, value } = resolve(contract, reference);
        return exampleFold(`Example: ${summary ?? name}`, value);
      }),
    ),
  );
}

function exampleFold(label: string, value: unknown): HTMLElement {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return folded({ class: 'example' }, [label], () => [
    h('pre', { tabindex: 0, role: 'region', 'aria-label': label }, h('code', {}, text)),
  ]);
}

/** A fold whose content is only built when it is opened for the first time. */
function folded(attributes: { class: string; open?: boolean }, summary: (Node | string)[], content: () => HTMLElement[]): HTMLElement {
  const fold = h('details', attributes, h('summary', {}, summary));
  if (attributes.open === true) fold.append(...content());
  else fold.addEventListener('toggle', () => { fold.append(...content()); }, { once: true });
  return fold;
}
