import { describe, expect, it } from 'vitest';
import { h } from './dom';
import { prose } from './prose';

const attack = '<img src=x onerror=alert(1)>';

describe('h', () => {
  it('keeps markup in text and attributes as text', () => {
    const element = h('p', { title: attack }, attack, [h('b', {}, attack)]);
    expect(element.querySelector('img')).toBeNull();
    expect(element.textContent).toBe(attack + attack);
    expect(element.title).toBe(attack);
  });

  it('leaves out what is undefined or false', () => {
    const element = h('input', { hidden: false, id: undefined, disabled: true });
    expect(element.getAttributeNames()).toEqual(['disabled']);
  });

  it.each(['onclick', 'style'])('refuses the inline attribute %s', (name) => {
    expect(() => h('p', { [name]: 'x' })).toThrow(/policy/);
  });
});

describe('prose', () => {
  const show = (text: string) => prose(text).map((part) => new XMLSerializer().serializeToString(part).replaceAll(/ xmlns="[^"]+"/g, '')).join('');

  it.each([
    ['one\ntwo\n\nthree', '<p>one\ntwo</p><p>three</p>'],
    ['say `code` **loud**', '<p>say <code>code</code> <strong>loud</strong></p>'],
    ['- a\n- `b`', '<ul><li>a</li><li><code>b</code></li></ul>'],
    ['two:\n- a\n- b', '<div><p>two:</p><ul><li>a</li><li>b</li></ul></div>'],
    ['a lone ` and ** stay', '<p>a lone ` and ** stay</p>'],
    ['`<b>` <i>', '<p><code>&lt;b&gt;</code> &lt;i&gt;</p>'],
  ])('shows %j', (text, markup) => {
    expect(show(text)).toBe(markup);
  });

  it('shows nothing for nothing', () => {
    expect(prose(undefined)).toEqual([]);
  });
});
