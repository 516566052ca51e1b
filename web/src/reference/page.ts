import { h, slug } from '../dom';
import { prose } from '../prose';
import type { Contract } from './contract';
import { groupsOf, matches, type Group } from './entries';
import { applyLens, lensControl, type Viewer } from './lens';
import { modelSection } from './model';
import { operationArticle } from './operation';
import { markCurrent, sidebar } from './sidebar';

/** Builds the whole reference page for a contract and puts it in place of what root shows. */
export function showReference(root: HTMLElement, contract: Contract): void {
  const groups = groupsOf(contract);
  const entries = groups.flatMap((group) => group.entries);
  const nav = sidebar(groups);
  const main = h(
    'main',
    { id: 'content', tabindex: -1 },
    introduction(contract),
    modelSection(contract, entries),
    groups.map((group) => groupSection(contract, group)),
    h('p', { class: 'nothing', hidden: true }, 'No operation matches the search.'),
  );
  const search = h('input', {
    type: 'search', id: 'search', placeholder: 'Search', autocomplete: 'off', spellcheck: 'false',
    'aria-describedby': 'found', 'aria-keyshortcuts': '/',
  });
  const found = h('p', { id: 'found', class: 'found', role: 'status' });
  const menu = h('button', { type: 'button', class: 'menu', 'aria-expanded': 'false', 'aria-controls': 'sidebar' }, 'Menu');

  let viewer: Viewer = 'owner';
  const see = () => { applyLens(main, viewer); };
  const header = h(
    'header',
    { class: 'bar' },
    h('a', { class: 'brand', href: '#introduction' }, contract.info.title, h('span', {}, 'API')),
    menu,
    h('search', {}, h('label', { for: 'search' }, 'Search operations'), search, h('kbd', { 'aria-hidden': 'true' }, '/'), found),
    lensControl((chosen) => { viewer = chosen; see(); }),
  );
  root.replaceChildren(h('a', { class: 'skip', href: '#content' }, 'Skip to the operations'), header, nav, main);

  const filter = () => {
    applySearch(root, groups, search.value.trim(), found);
    if (search.value !== '') window.scrollTo(0, 0);
  };
  search.addEventListener('input', filter);
  const searchFor = (text: string) => { search.value = text; filter(); };
  for (const button of main.querySelectorAll<HTMLButtonElement>('button[data-search]')) {
    button.addEventListener('click', () => { searchFor(button.dataset['search'] ?? ''); search.focus(); });
  }
  // A fold builds its content when it is opened, after the lens was set.
  main.addEventListener('toggle', see, { capture: true });
  menuButton(menu, nav);
  keys(search, () => { searchFor(''); });
  links(main, nav, () => { searchFor(''); });
}

function introduction({ info }: Contract): HTMLElement {
  return h(
    'section',
    { id: 'introduction', class: 'introduction', 'aria-labelledby': 'introduction-title' },
    h('h1', { id: 'introduction-title' }, `${info.title} API`, ' ', h('span', { class: 'version' }, info.version)),
    info.summary === undefined ? undefined : h('p', { class: 'lead' }, info.summary),
    h('div', { class: 'prose' }, prose(info.description)),
    h('p', {}, h('a', { href: '/openapi.json' }, 'The contract as OpenAPI 3.1')),
  );
}

function groupSection(contract: Contract, { tag, description, entries }: Group): HTMLElement {
  const title = `tag-${slug(tag)}`;
  return h(
    'section',
    { class: 'group', 'data-tag': tag, 'aria-labelledby': title },
    h('div', { class: 'group-head' }, h('h2', { id: title }, tag), prose(description)),
    entries.map((entry) => operationArticle(contract, entry)),
  );
}

function applySearch(root: HTMLElement, groups: Group[], search: string, found: HTMLElement): void {
  let count = 0;
  const hidden = new Set<string>();
  for (const { tag, entries } of groups) {
    const kept = entries.filter((entry) => matches(entry, search));
    for (const entry of entries) if (!kept.includes(entry)) hidden.add(entry.id);
    for (const group of root.querySelectorAll<HTMLElement>('.group')) {
      if (group.dataset['tag'] === tag) group.hidden = kept.length === 0;
    }
    count += kept.length;
  }
  for (const article of root.querySelectorAll<HTMLElement>('article.operation')) article.hidden = hidden.has(article.id);
  for (const item of root.querySelectorAll<HTMLElement>('[data-for]')) item.hidden = hidden.has(item.dataset['for'] ?? '');
  for (const part of root.querySelectorAll<HTMLElement>('.introduction, .model')) part.hidden = search !== '';
  for (const nothing of root.querySelectorAll<HTMLElement>('.nothing')) nothing.hidden = count > 0;
  found.textContent = search === '' ? '' : count === 1 ? '1 operation' : `${count} operations`;
}

/** `/` goes to the search, Escape empties it. */
function keys(search: HTMLInputElement, clear: () => void): void {
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === 'Escape' && event.target === search) clear();
  });
}

/** On a narrow screen the list of operations folds away. */
function menuButton(menu: HTMLButtonElement, nav: HTMLElement): void {
  const set = (open: boolean) => {
    menu.setAttribute('aria-expanded', String(open));
    nav.classList.toggle('open', open);
  };
  menu.addEventListener('click', () => { set(menu.getAttribute('aria-expanded') !== 'true'); });
  nav.addEventListener('click', (event) => { if (event.target instanceof Element && event.target.closest('a')) set(false); });
}

/** Fragments lead to operations and fields, also when the search hides them or the page was just built. */
function links(main: HTMLElement, nav: HTMLElement, clear: () => void): void {
  const go = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.closest('[hidden]')) clear();
    target.scrollIntoView();
    markCurrent(nav, target.id);
  };
  window.addEventListener('hashchange', go);
  // A link to where one is already changes no fragment; the search may hide the place.
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('a')?.getAttribute('href') === location.hash) go();
  });
  go();
  if (!('IntersectionObserver' in window)) return;
  const watch = new IntersectionObserver(
    (seen) => { for (const { isIntersecting, target } of seen) if (isIntersecting) markCurrent(nav, target.id); },
    { rootMargin: '-20% 0px -75% 0px' },
  );
  for (const part of main.querySelectorAll('.introduction, .model, article.operation')) watch.observe(part);
}
