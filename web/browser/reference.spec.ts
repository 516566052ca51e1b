import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import type axe from 'axe-core';
import { methods, resolve, type Contract } from '../src/reference/contract';
import { hostileContract, model, ownContract } from './contracts';
import { dist, serve } from './server';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** Opens the page on a contract; at the end nothing may have been refused or thrown. */
const test = base.extend<{ open: (contract: Contract, fragment?: string) => Promise<void> }>({
  open: async ({ page }, use) => {
    const troubles: string[] = [];
    page.on('console', (message) => { if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text()); });
    page.on('pageerror', (problem) => troubles.push(problem.message));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => { console.error('refused by the policy:', event.violatedDirective); });
    });
    const servers: { close: () => void }[] = [];
    await use(async (contract, fragment = '') => {
      const server = await serve(contract);
      servers.push(server);
      await page.goto(`${server.url}/docs${fragment}`);
      await page.locator('article').first().waitFor({ state: 'attached' });
    });
    for (const server of servers) server.close();
    expect(troubles).toEqual([]);
  },
});

async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`));
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    test.describe(`${colorScheme}, ${viewport.width} wide`, () => {
      test.use({ colorScheme, viewport });

      test('has no accessibility fault', async ({ page, open }) => {
        test.slow();
        await open(ownContract(), '#getWorkout');
        await page.locator('#lens').selectOption('follower');
        expect(await accessibilityFaults(page)).toEqual([]);
      });

      test('never scrolls sideways', async ({ page, open }) => {
        await open(ownContract());
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
      });
    });
  }
}

test('shows every operation of the contract and every field of the model', async ({ page, open }) => {
  const contract = ownContract();
  await open(contract);
  const ids = Object.values(contract.paths).flatMap((item) => methods.flatMap((method) => item[method]?.operationId ?? []));
  expect(await page.locator('article.operation').evaluateAll((all) => all.map(({ id }) => id))).toEqual(expect.arrayContaining(ids));
  expect(await page.locator('tr[id^="field-"]').count()).toBe(model.length);
});

test('says of each member of an answer who can see it', async ({ page, open }) => {
  await open(ownContract(), '#getWorkout');
  const line = page.locator('#getWorkout .marked').first().locator(':scope > .members > .member > .member-line').filter({ hasText: 'heart_rate_avg_bpm' });
  await expect(line.locator('.audience')).toHaveText('Only me');
  await expect(line.locator('.widening')).toHaveText('heart_rate · owner may widen');
  expect(await page.locator('.visibility[data-mark="no mark"]').count()).toBe(0);
});

test('a link to an operation leads there, and to a field from its badge', async ({ page, open }) => {
  await open(ownContract(), '#getWorkout');
  await expect(page.getByRole('heading', { name: 'Read a workout', exact: false }).first()).toBeInViewport();
  await page.locator('#getWorkout .widening a', { hasText: 'heart_rate' }).first().click();
  await expect(page.locator('#field-heart_rate')).toBeInViewport();
});

test('works with the keyboard alone', async ({ page, open }) => {
  await open(ownContract());
  await page.keyboard.press('Tab');
  await expect(page.locator('.skip')).toBeFocused();
  await page.keyboard.press('/');
  await expect(page.locator('#search')).toBeFocused();
  await page.keyboard.type('import');
  await expect(page.locator('#importWorkouts')).toBeVisible();
  await expect(page.locator('#getMe')).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.locator('#getMe')).toBeVisible();
});

test('folds the list of operations away on a narrow screen', async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(ownContract());
  await expect(page.locator('#sidebar')).toBeHidden();
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.locator('#sidebar a[href="#getWorkout"]').click();
  await expect(page.locator('#sidebar')).toBeHidden();
  await expect(page.locator('#getWorkout h3')).toBeInViewport();
});

test('shows hostile text as text', async ({ page, open }) => {
  await open(hostileContract);
  await page.locator('article details').first().evaluate((fold: HTMLDetailsElement) => { fold.open = true; });
  expect(await page.locator('#page img, #page script').count()).toBe(0);
  await expect(page).toHaveTitle('Paceline API reference');
});

test('has files of a name that the contract lets be asked for', () => {
  const contract = ownContract();
  const [parameter] = contract.paths['/docs/assets/{name}']?.get?.parameters ?? [];
  const pattern = parameter && resolve(contract, parameter).schema?.pattern;
  expect(pattern).toBeDefined();
  for (const name of readdirSync(join(dist, 'assets'))) expect(name).toMatch(new RegExp(pattern ?? ''));
});

test('says what is wrong when there is no contract', async ({ page }) => {
  const server = await serve('not a contract');
  await page.goto(`${server.url}/docs`);
  await expect(page.getByRole('alert')).toContainText('/openapi.json');
  server.close();
});
