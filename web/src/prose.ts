import { h, type Child } from './dom';

/**
 * The little of CommonMark that descriptions in the contract use: paragraphs,
 * lists with `-`, `code` and **strong**. Everything else stays plain text.
 */
export function prose(text: string | undefined): HTMLElement[] {
  if (text === undefined) return [];
  return text
    .trim()
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== '')
    .map(block);
}

function block(text: string): HTMLElement {
  const items = text.split(/^\s*-\s+/m);
  const lead = (items.shift() ?? '').trim();
  if (items.length === 0) return h('p', {}, inline(lead));
  const list = h('ul', {}, items.map((item) => h('li', {}, inline(item.trim()))));
  return lead === '' ? list : h('div', {}, h('p', {}, inline(lead)), list);
}

/** Splits a line into text, `code` and **strong**. */
export function inline(text: string): Child[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`') && part.length > 2) return h('code', {}, part.slice(1, -1));
    if (part.startsWith('**') && part.length > 4) return h('strong', {}, part.slice(2, -2));
    return part;
  });
}
