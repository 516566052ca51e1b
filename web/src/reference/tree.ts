import { h } from '../dom';
import { inline } from '../prose';
import { visibilityBadge } from './badge';
import type { Contract, Schema } from './contract';
import { componentsOf, limitsOf, membersOf, shapeOf, typeOf, type Member, type Shape } from './schema';
import { visibilityOf } from './visibility';

/** Members nested deeper than this start folded and are built when opened. */
const openLevels = 2;

/** What a tree needs to know on its way down. */
interface Branch {
  contract: Contract;
  /** In a body that is sent to us it makes no sense to ask who sees it. */
  marked: boolean;
  /** The components around, so that one that holds itself stays folded. */
  around: string[];
  level: number;
}

/** The body as a tree, a line per member, with who can see it in the bodies we answer with. */
export function bodyTree(contract: Contract, schema: Schema, marked: boolean): HTMLElement {
  const shape = shapeOf(contract, schema);
  const members = membersOf(contract, shape);
  const branch = { contract, marked, around: componentsOf(contract, shape), level: 1 };
  const type = h('p', { class: 'body-type' }, 'A ', h('code', {}, typeOf(contract, shape)));
  if (members.length === 0) return h('div', { class: 'tree' }, type, limits(shape));
  const head = h(
    'div',
    { class: 'tree-head', 'aria-hidden': 'true' },
    h('span', {}, 'Member'),
    marked ? h('span', {}, 'Who can see it') : undefined,
  );
  return h('div', { class: marked ? 'tree marked' : 'tree' }, type, head, list(branch, members));
}

function list(branch: Branch, members: Member[]): HTMLElement {
  return h('ul', { class: 'members' }, members.map((member) => item(branch, member)));
}

function item(branch: Branch, member: Member): HTMLElement {
  const { contract, marked } = branch;
  const inside = membersOf(contract, member.shape, member.mark);
  const line = h(
    'div',
    { class: 'member-line' },
    h(
      'div',
      { class: 'member-what' },
      h('code', { class: 'member-name' }, member.name),
      ' ',
      h('span', { class: 'type' }, member.type),
      member.required && !marked ? [' ', h('span', { class: 'required' }, 'required')] : undefined,
      member.shape.description === undefined ? undefined : h('p', {}, inline(member.shape.description)),
      values(member.shape),
      limits(member.shape),
    ),
    marked ? visibilityBadge(contract, member.mark) : undefined,
  );
  const audience = marked ? visibilityOf(contract, member.mark).audience : undefined;
  return h(
    'li',
    { class: 'member', 'data-audience': audience },
    line,
    inside.length === 0 ? undefined : nested(branch, member, inside),
  );
}

function nested(branch: Branch, member: Member, inside: Member[]): HTMLElement {
  const names = componentsOf(branch.contract, member.shape);
  const deeper = { ...branch, around: [...branch.around, ...names], level: branch.level + 1 };
  const open = branch.level < openLevels && !names.some((name) => branch.around.includes(name));
  const fold = h(
    'details',
    { class: 'inside', open },
    h('summary', {}, `Inside ${member.name} (${inside.length})`),
    open ? list(deeper, inside) : undefined,
  );
  if (!open) fold.addEventListener('toggle', () => { fold.append(list(deeper, inside)); }, { once: true });
  return fold;
}

/** The allowed values of an enumeration. */
export function values(shape: Shape): HTMLElement | undefined {
  const allowed = shape.enum ?? shape.items?.enum;
  if (allowed === undefined) return undefined;
  const codes = allowed.map((value, i) => [i > 0 ? ' ' : '', h('code', {}, String(value))]);
  return h('p', { class: 'limits' }, 'one of ', codes);
}

/** The bounds of a value, in one line. */
export function limits(shape: Shape): HTMLElement | undefined {
  const phrases = limitsOf(shape);
  return phrases.length === 0 ? undefined : h('p', { class: 'limits' }, phrases.join(' · '));
}
