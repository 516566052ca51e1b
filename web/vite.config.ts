import { defineConfig } from 'vitest/config';

// The pages are served under a Content-Security-Policy that allows files of
// our own and nothing inline: no data: assets, no inline preload script.
export default defineConfig({
  base: '/docs/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    emptyOutDir: true,
    // The contract lets files have names of small letters and digits only.
    rolldownOptions: { output: { hashCharacters: 'hex' } },
  },
  server: { proxy: { '/openapi.json': 'http://localhost:8080' } },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
});
