import { beforeEach, describe, expect, it } from 'vitest';
import { groupsOf, matches } from './entries';
import { showReference } from './page';
import { contract } from './testdocument';

// jsdom has no layout; the browser test checks that links really scroll.
Element.prototype.scrollIntoView = () => undefined;
window.scrollTo = () => undefined;

const root = document.createElement('div');

function all(selector: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(selector)];
}

function one(selector: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

function type(text: string): void {
  const search = one('#search') as HTMLInputElement;
  search.value = text;
  search.dispatchEvent(new Event('input'));
}

const shown = () => all('article').filter((article) => !article.hidden).map(({ id }) => id);

beforeEach(() => {
  location.hash = '';
  document.body.replaceChildren(root);
  showReference(root, contract);
});

describe('groupsOf', () => {
  it('groups by tag, in the order of the document, without empty groups', () => {
    expect(groupsOf(contract).map(({ tag, entries }) => [tag, entries.map(({ id }) => id)])).toEqual([
      ['members', ['getMember']],
      ['other things', ['patchMember']],
    ]);
  });

  it('knows the fields in the answers, through lists that hold themselves', () => {
    const [group] = groupsOf(contract);
    expect([...(group?.entries[0]?.fields ?? [])]).toEqual(['id', 'weight_kg', 'email', 'location']);
    expect(group?.entries[0] && matches(group.entries[0], 'field:email READ')).toBe(true);
    expect(group?.entries[0] && matches(group.entries[0], 'field:mail')).toBe(false);
  });
});

describe('the page', () => {
  it('shows each operation under its id, with a link in the list', () => {
    expect(shown()).toEqual(['getMember', 'patchMember']);
    expect(all('nav a[href="#getMember"]')).toHaveLength(1);
    expect(one('#getMember .endpoint').textContent).toBe('GET /v1/members/{id}');
  });

  it('shows who can see each member of an answer', () => {
    const badge = (name: string) =>
      all('#getMember .marked > .members > .member')
        .find((member) => member.querySelector('.member-name')?.textContent === name)
        ?.querySelector('.visibility')?.textContent;
    expect(badge('weight_kg')).toBe('Only meweight_kg · owner may widen');
    expect(badge('email')).toBe('Only meemail · fixed');
    expect(badge('settings')).toBe('Owner onlynever shown to anyone else');
    expect(badge('friends')).toBe('In every answer');
    expect(one('#patchMember .access .visibility').textContent).toContain('Owner only');
  });

  it('asks nothing about visibility in what is sent', () => {
    expect(all('#patchMember .part .visibility')).toHaveLength(0);
    expect(one('#patchMember .part .required').textContent).toBe('required');
  });

  it('has a row per field, with how many operations carry it', () => {
    expect(one('#field-weight_kg').textContent).toContain('Up to everyone');
    expect(one('#field-weight_kg button').textContent).toBe('1 operation');
    expect(one('#field-workout').querySelector('button')).toBeNull();
  });

  it('narrows to the search, and Escape ends it', () => {
    type('patch');
    expect(shown()).toEqual(['patchMember']);
    expect(one('#found').textContent).toBe('1 operation');
    type('nothing like that');
    expect(one('.nothing').hidden).toBe(false);
    one('#search').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    expect(shown()).toHaveLength(2);
  });

  it('searches for a field from its row', () => {
    one('#field-email button').click();
    expect(shown()).toEqual(['getMember']);
  });

  it('ends a search that hides where a link leads', () => {
    type('patch');
    location.hash = '#getMember';
    window.dispatchEvent(new Event('hashchange'));
    expect(shown()).toHaveLength(2);
    expect(one('nav a[href="#getMember"]').getAttribute('aria-current')).toBe('true');
  });

  it('strikes out what the chosen viewer does not get', () => {
    const choose = one('#lens') as HTMLSelectElement;
    const absent = () => all('#getMember .marked > .members > .absent .member-name').map(({ textContent }) => textContent);
    choose.value = 'member';
    choose.dispatchEvent(new Event('change'));
    expect(absent()).toEqual(expect.arrayContaining(['weight_kg', 'email', 'place', 'settings']));
    expect(absent()).not.toContain('id');
    choose.value = 'owner';
    choose.dispatchEvent(new Event('change'));
    expect(absent()).toEqual([]);
    expect(all('.absent-note')).toHaveLength(0);
  });

  it('shows an example as text when it is opened', () => {
    const example = one('#getMember .example') as HTMLDetailsElement;
    expect(example.querySelector('pre')).toBeNull();
    example.dispatchEvent(new Event('toggle'));
    expect(example.querySelector('pre')?.textContent).toContain('"<b>"');
  });
});
