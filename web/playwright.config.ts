import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// The system's own Chromium is used; nothing is ever downloaded for this.
const candidates = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
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
