import { h, slug } from '../dom';
import type { Contract } from './contract';
import { audienceLabel, audiences, reach, visibilityOf } from './visibility';

/** A small meter with one step per audience, filled as far as the audience reaches. */
function meter(audience: string): HTMLElement {
  const filled = reach(audience);
  return h(
    'span',
    { class: 'meter', 'aria-hidden': 'true' },
    audiences.map((_, step) => h('span', { class: step < filled ? 'step filled' : 'step' })),
  );
}

/** An audience as a coloured badge; the meter tells it without the colour. */
export function audienceBadge(audience: string, label = audienceLabel(audience)): HTMLElement {
  return h('span', { class: `audience audience-${slug(audience)}` }, meter(audience), label);
}

/** Who can see a member: audience, the model's field (a link to its row), what the owner may do. */
export function visibilityBadge(contract: Contract, mark: string | undefined): HTMLElement {
  const seen = visibilityOf(contract, mark);
  const name = seen.field
    ? h('a', { class: 'field', href: `#${fieldAnchor(seen.field.field)}` }, seen.field.field)
    : undefined;
  return h(
    'span',
    { class: 'visibility', 'data-mark': seen.mark },
    audienceBadge(seen.audience, seen.label),
    seen.widening === '' ? undefined : h('span', { class: 'widening' }, name, name ? ' · ' : '', seen.widening),
  );
}

export function fieldAnchor(field: string): string {
  return `field-${slug(field)}`;
}
