import type { Access } from './contract';

/** One labelled line of "who may call this". */
export interface AccessLine {
  term: string;
  text: string;
}

const callers: Record<string, string> = {
  none: 'Anyone. A token that is brought is used, and must be valid.',
  session: 'A signed-in member.',
  console: 'A console that a member signed in on.',
  app: 'An app that a member approved.',
  staff: 'Staff with a role for it.',
};

const objects: Record<string, string> = {
  self: "The caller's own account.",
  session: "One of the caller's own sessions.",
  member: 'The member that the path names.',
  workout: 'The workout that the path names.',
};

const caches: Record<string, string> = {
  'no-store': 'Nobody may keep the answer.',
  public: 'The same for all; it may be kept.',
};

/** Puts `x-access` into words. Without it nobody may call. */
export function accessLines(access: Access | undefined): AccessLine[] {
  if (access === undefined) return [{ term: 'Who may call', text: 'Nobody: the contract declares no access.' }];
  const lines = [{ term: 'Who may call', text: callers[access.auth] ?? `\`${access.auth}\`` }];
  if (access.scope !== 'none') {
    lines.push({ term: 'Scope', text: `\`${access.scope}\`, unless it is the member's own session.` });
  } else if (access.auth !== 'none') {
    lines.push({ term: 'Scope', text: "None opens it: only the member's own session." });
  }
  if (access.object !== 'none') lines.push({ term: 'Object', text: objects[access.object] ?? `\`${access.object}\`` });
  lines.push({ term: 'Quota', text: `\`${access.quota}\`` });
  lines.push({ term: 'Cache', text: caches[access.cache] ?? `\`${access.cache}\`` });
  return lines;
}
