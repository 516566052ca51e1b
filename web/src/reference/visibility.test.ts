import { describe, expect, it } from 'vitest';
import { accessLines } from './access';
import { gets, type Viewer } from './lens';
import { contract } from './testdocument';
import { fieldOf, reach, visibilityOf, wideningSentence } from './visibility';

const see = (mark: string | undefined) => {
  const { audience, widening } = visibilityOf(contract, mark);
  return [audience, widening];
};

describe('visibilityOf', () => {
  it.each([
    ['id', 'members', 'by discoverability'],
    ['weight_kg', 'only_me', 'owner may widen'],
    ['email', 'only_me', 'fixed'],
    ['location', 'only_me', 'owner may widen to followers'],
    ['workout', 'followers', 'set per workout'],
    ['always', 'always', ''],
    ['owner', 'owner', 'never shown to anyone else'],
    ['workout+weight_kg', 'only_me', 'shown to whoever all of its fields are shown to'],
    ['always+id', 'members', 'shown to whoever all of its fields are shown to'],
    ['id+shoe_size', 'unknown', 'shown to whoever all of its fields are shown to'],
  ])('tells %s', (mark, audience, widening) => {
    expect(see(mark)).toEqual([audience, widening]);
  });

  it('says so when a mark is missing or no field of the model', () => {
    expect(see(undefined)[0]).toBe('unknown');
    expect(see('shoe_size')[0]).toBe('unknown');
  });

  it('finds a field by its subject too', () => {
    expect(fieldOf(contract, 'profile.email')?.field).toBe('email');
  });

  it.each([
    ['email', /^No\./],
    ['id', /find the account/],
    ['workout', /own audience, up to everyone/],
    ['location', /^Up to followers\.$/],
  ])('explains %s in a sentence', (mark, text) => {
    const field = fieldOf(contract, mark);
    expect(field && wideningSentence(field)).toMatch(text);
  });
});

describe('the lens', () => {
  const shown = (viewer: Viewer) =>
    ['only_me', 'owner', 'followers', 'members', 'everyone', 'always', 'unknown'].filter((audience) => gets(viewer, audience));

  it('opens wider from anonymous to the owner, and shows nobody else what is not declared', () => {
    expect(shown('anonymous')).toEqual(['everyone', 'always']);
    expect(shown('member')).toEqual(['members', 'everyone', 'always']);
    expect(shown('follower')).toEqual(['followers', 'members', 'everyone', 'always']);
    expect(shown('owner')).toContain('unknown');
  });

  it('knows no reach for a word that is no audience', () => {
    expect(reach('friends of friends')).toBe(0);
  });
});

describe('accessLines', () => {
  const text = (auth: string, scope: string) =>
    accessLines({ auth, scope, object: 'self', quota: 'read', cache: 'no-store' }).map((line) => `${line.term}: ${line.text}`);

  it('says that nobody may call what declares no access', () => {
    expect(accessLines(undefined)).toEqual([{ term: 'Who may call', text: 'Nobody: the contract declares no access.' }]);
  });

  it('tells a scope, its absence, and what no scope opens', () => {
    expect(text('none', 'profile:read')).toContain("Scope: `profile:read`, unless it is the member's own session.");
    expect(text('none', 'none').join()).not.toContain('Scope');
    expect(text('session', 'none')).toContain("Scope: None opens it: only the member's own session.");
  });

  it('shows a word it does not know as it stands', () => {
    expect(text('robot', 'none')[0]).toBe('Who may call: `robot`');
  });
});
