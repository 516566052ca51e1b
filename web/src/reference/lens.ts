import { h } from '../dom';
import { reach } from './visibility';

/**
 * The lens shows every body as somebody else would get it: members that stay
 * absent for that viewer, while the owner has changed no setting, are struck
 * through.
 */
const viewers = [
  { value: 'owner', label: 'as the owner', needs: 1 },
  { value: 'follower', label: 'as a follower', needs: 2 },
  { value: 'member', label: 'as another member', needs: 3 },
  { value: 'anonymous', label: 'without a login', needs: 4 },
] as const;

export type Viewer = (typeof viewers)[number]['value'];

/** Whether a viewer gets a member with this audience of an owner who changed no setting. */
export function gets(viewer: Viewer, audience: string): boolean {
  const needs = viewers.find(({ value }) => value === viewer)?.needs ?? 1;
  return viewer === 'owner' || reach(audience) >= needs;
}

export function lensControl(onChange: (viewer: Viewer) => void): HTMLElement {
  const choose = h(
    'select',
    { id: 'lens' },
    viewers.map(({ value, label }) => h('option', { value }, label)),
  );
  choose.addEventListener('change', () => {
    const chosen = viewers.find(({ value }) => value === choose.value);
    if (chosen) onChange(chosen.value);
  });
  return h('div', { class: 'lens' }, h('label', { for: 'lens' }, 'See answers'), choose);
}

/** Strikes out what the viewer does not get, in words for those who can't see it. */
export function applyLens(root: Element, viewer: Viewer): void {
  for (const member of root.querySelectorAll<HTMLElement>('.member[data-audience]')) {
    const absent = !gets(viewer, member.dataset['audience'] ?? '');
    member.classList.toggle('absent', absent);
    const name = member.querySelector('.member-name');
    const note = name?.parentElement?.querySelector(':scope > .absent-note');
    if (absent && !note) name?.after(h('span', { class: 'absent-note' }, 'absent'));
    if (!absent) note?.remove();
  }
}
