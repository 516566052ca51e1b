/**
 * Building elements. Every string that reaches the page goes through a text
 * node or an attribute, so nothing in a document can become markup.
 */

export type Child = Node | string | undefined | Child[];

export interface Attributes {
  [name: string]: string | number | boolean | undefined;
}

/** Makes an element. An attribute that is undefined or false is left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on') || name === 'style') throw new Error(`inline ${name} is refused by the page's policy`);
    element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function append(element: Element, children: Child[]): void {
  for (const child of children) {
    if (child === undefined) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child);
  }
}

/** Turns any text into something that may stand in an id or a fragment. */
export function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9_.-]+/g, '-');
}
