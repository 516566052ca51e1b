import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// What a page shows may come from a member. Markup is therefore only ever made
// of elements and text nodes (see src/dom.ts), never of strings.
const stringsAsMarkup = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test-results/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-restricted-properties': [
        'error',
        ...stringsAsMarkup.map((property) => ({ property, message: 'Build elements with h() from src/dom.ts.' })),
        { object: 'document', property: 'write', message: 'Build elements with h() from src/dom.ts.' },
      ],
    },
  },
);
