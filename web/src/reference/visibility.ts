import type { Contract, Field } from './contract';

/**
 * Who can see a member of a body, told from its `x-visibility` mark and the
 * field table of the privacy model.
 */
export interface Visibility {
  /** The mark as written: a field of the model, `always` or `owner`. */
  mark: string;
  /** For colour and filtering: an audience, `always`, `owner` or `unknown`. */
  audience: string;
  /** The audience in words. */
  label: string;
  /** Whether the owner may let more people see it. */
  widening: string;
  field?: Field;
}

/** The audiences from the narrowest to the widest. */
export const audiences = ['only_me', 'followers', 'members', 'everyone'] as const;

const labels: Record<string, string> = {
  only_me: 'Only me',
  followers: 'Followers',
  members: 'Members',
  everyone: 'Everyone',
};

export function audienceLabel(audience: string): string {
  return labels[audience] ?? audience.replaceAll('_', ' ');
}

/** How many of the four steps from owner to everyone an audience reaches; 0 if it is none of them. */
export function reach(audience: string): number {
  if (audience === 'always') return audiences.length;
  if (audience === 'owner') return 1;
  return audiences.indexOf(audience as (typeof audiences)[number]) + 1;
}

export function visibilityOf(contract: Contract, mark: string | undefined): Visibility {
  if (mark === undefined) {
    return { mark: 'no mark', audience: 'unknown', label: 'Not declared', widening: 'the contract does not say who sees it' };
  }
  if (mark === 'always') {
    return { mark, audience: 'always', label: 'In every answer', widening: '' };
  }
  if (mark === 'owner') {
    return { mark, audience: 'owner', label: 'Owner only', widening: 'never shown to anyone else' };
  }
  if (mark.includes('+')) return ofAll(contract, mark);
  const field = fieldOf(contract, mark);
  if (!field) return { mark, audience: 'unknown', label: 'Unknown field', widening: 'not in the privacy model' };
  return { mark, audience: field.default, label: audienceLabel(field.default), widening: wideningOf(field), field };
}

/** What is made of several fields: it shows to whoever all of them show to. */
function ofAll(contract: Contract, mark: string): Visibility {
  const parts = mark.split('+').map((one) => visibilityOf(contract, one));
  const narrowest = parts.reduce((a, b) => (reach(b.audience) < reach(a.audience) ? b : a));
  return { mark, audience: narrowest.audience, label: narrowest.label, widening: 'shown to whoever all of its fields are shown to' };
}

export function fieldOf(contract: Contract, mark: string): Field | undefined {
  const fields = contract['x-privacy-model'] ?? [];
  return fields.find(({ field }) => field === mark) ?? fields.find(({ subject, field }) => `${subject}.${field}` === mark);
}

/** Whether the owner may let more people see it than see it at first. */
export function wideningOf(field: Field): string {
  if (field.source === 'fixed' || field.max === field.default) return 'fixed';
  if (field.source === 'discoverability') return 'by discoverability';
  if (field.source === 'object') return `set per ${field.subject}`;
  return field.max === 'everyone' ? 'owner may widen' : `owner may widen to ${audienceLabel(field.max).toLowerCase()}`;
}

/** The same as a sentence, for the field table. */
export function wideningSentence(field: Field): string {
  if (field.source === 'fixed' || (field.source === undefined && field.max === field.default)) {
    return 'No. No setting can widen it.';
  }
  if (field.source === 'discoverability') return 'Goes with who may find the account at all.';
  const widest = audienceLabel(field.max).toLowerCase();
  if (field.source === 'object') return `Each ${field.subject} has its own audience, up to ${widest}.`;
  if (field.max === field.default) return 'Only narrow it.';
  const within = field.subject === 'workout' ? ', never wider than the workout itself' : '';
  return `Up to ${widest}${within}.`;
}
