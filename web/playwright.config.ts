import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

// The system's own Chromium is used; nothing is ever downloaded for this.
const folders = (process.env['PATH'] ?? '').split(delimiter);
const programs = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => folders.map((folder) => join(folder, name)));
const executablePath = process.env['CHROMIUM'] ?? programs.find((path) => existsSync(path));
if (executablePath === undefined) {
  throw new Error('no Chromium found: install the package chromium, or name the program in CHROMIUM');
}

export default defineConfig({
  testDir: 'browser',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    // A container runs everything as root, where Chromium has no sandbox to offer.
    launchOptions: { executablePath, chromiumSandbox: process.getuid?.() !== 0 },
  },
});
