import { h } from '../dom';
import type { Group } from './entries';
import { methodBadge } from './operation';

/** The list of operations; every link has the operation's id in its fragment. */
export function sidebar(groups: Group[]): HTMLElement {
  return h(
    'nav',
    { class: 'sidebar', id: 'sidebar', 'aria-label': 'Operations' },
    h(
      'ul',
      { class: 'top' },
      h('li', {}, h('a', { href: '#introduction' }, 'Introduction')),
      h('li', {}, h('a', { href: '#who-sees-what' }, 'Who sees what')),
    ),
    groups.map(({ tag, entries }) =>
      h(
        'section',
        { class: 'group', 'data-tag': tag },
        h('h2', {}, tag),
        h(
          'ul',
          {},
          entries.map(({ id, method, title }) =>
            h('li', { 'data-for': id }, h('a', { href: `#${id}` }, h('span', { class: 'title' }, title), ' ', methodBadge(method))),
          ),
        ),
      ),
    ),
  );
}

/** Marks the entry that is being read and keeps it in sight. */
export function markCurrent(nav: Element, id: string): void {
  for (const link of nav.querySelectorAll('a')) {
    if (link.getAttribute('href') !== `#${id}`) link.removeAttribute('aria-current');
    else if (!link.hasAttribute('aria-current')) {
      link.setAttribute('aria-current', 'true');
      keepInSight(nav, link);
    }
  }
}

/** Scrolls the list alone: scrollIntoView would take the page along. */
function keepInSight(nav: Element, link: Element): void {
  const frame = nav.getBoundingClientRect();
  const box = link.getBoundingClientRect();
  if (box.top < frame.top || box.bottom > frame.bottom) nav.scrollTop += box.top - frame.top - frame.height / 3;
}
