import { h } from '../dom';
import { inline } from '../prose';
import { audienceBadge, fieldAnchor } from './badge';
import type { Contract, Field } from './contract';
import type { Entry } from './entries';
import { audiences, wideningSentence } from './visibility';

const explained: [audience: string, label: string | undefined, text: string][] = [
  [audiences[0], undefined, 'Nobody but the member whose data it is.'],
  [audiences[1], undefined, 'Those whose request to follow the owner approved.'],
  [audiences[2], undefined, 'Everybody who is signed in and not blocked.'],
  [audiences[3], undefined, 'Also without a login.'],
  ['owner', 'Owner only', 'Fixed: for the owner, and no setting can widen it.'],
  ['always', 'In every answer', 'Says nothing of a person: whoever gets the body gets it.'],
];

/** The legend of the badges and the privacy model's field table. */
export function modelSection(contract: Contract, entries: Entry[]): HTMLElement {
  const fields = contract['x-privacy-model'] ?? [];
  return h(
    'section',
    { id: 'who-sees-what', class: 'model', 'aria-labelledby': 'who-sees-what-title' },
    h('h2', { id: 'who-sees-what-title' }, 'Who sees what'),
    h(
      'p',
      {},
      'Each member of a body carries its field of the privacy model. The badge shows who sees that field on a new ',
      'account; the owner decides from there. A member that you may not see is ',
      h('strong', {}, 'absent'),
      ': not null, not zero, not marked.',
    ),
    h(
      'dl',
      { class: 'legend' },
      explained.map(([audience, label, text]) =>
        h('div', {}, h('dt', {}, audienceBadge(audience, label)), h('dd', {}, text)),
      ),
    ),
    fields.length === 0
      ? h('p', { class: 'notice' }, 'This document came without the field table.')
      : fieldTable(fields, entries),
  );
}

function fieldTable(fields: Field[], entries: Entry[]): HTMLElement {
  const heads = ['Field', 'On a new account', 'May the owner widen it?', 'Scope', 'Stored', 'Found in'];
  return h(
    'div',
    { class: 'table', role: 'region', 'aria-labelledby': 'field-table-title', tabindex: 0 },
    h(
      'table',
      {},
      h('caption', { id: 'field-table-title' }, 'The field table'),
      h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
      subjectsOf(fields).map((subject) =>
        h(
          'tbody',
          {},
          h('tr', { class: 'subject' }, h('th', { scope: 'rowgroup', colspan: heads.length }, subject)),
          fields.filter((field) => field.subject === subject).map((field) => row(field, entries)),
        ),
      ),
    ),
  );
}

function row(field: Field, entries: Entry[]): HTMLElement {
  const count = entries.filter(({ fields }) => fields.has(field.field)).length;
  return h(
    'tr',
    { id: fieldAnchor(field.field), tabindex: -1 },
    h('th', { scope: 'row' }, h('code', {}, field.field)),
    h('td', {}, audienceBadge(field.default)),
    h('td', {}, wideningSentence(field)),
    h('td', {}, inline(`\`${field.scope}\``)),
    h('td', {}, field.sealed ? 'Sealed' : ''),
    h('td', {}, count === 0 ? '' : findButton(field.field, count)),
  );
}

/** A button that puts the field into the search; page.ts listens. */
function findButton(field: string, count: number): HTMLElement {
  const text = count === 1 ? '1 operation' : `${count} operations`;
  return h('button', { type: 'button', class: 'link', 'data-search': `field:${field}`, 'aria-label': `${text} with ${field}` }, text);
}

function subjectsOf(fields: Field[]): string[] {
  return [...new Set(fields.map(({ subject }) => subject))];
}
