import './styles/base.css';
import './styles/layout.css';
import './styles/operation.css';
import './styles/visibility.css';
import { h } from './dom';
import type { Contract } from './reference/contract';
import { showReference } from './reference/page';

async function start(root: HTMLElement): Promise<void> {
  try {
    const answer = await fetch('/openapi.json', { headers: { Accept: 'application/json' }, credentials: 'omit' });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    showReference(root, (await answer.json()) as Contract);
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : 'unknown';
    root.replaceChildren(h('main', { class: 'failed' }, h('h1', {}, 'The contract could not be shown'), h('p', { role: 'alert' }, `/openapi.json: ${why}`)));
  }
}

const root = document.getElementById('page');
if (root) void start(root);
