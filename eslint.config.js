import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const noProcesses = {
  name: 'node:child_process',
  message: 'Processes start in src/lib/process.ts alone.',
};
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'The library reads no environment: it comes in as a value.',
};
const exits = {
  selector: "MemberExpression[object.name='process'][property.name='exit']",
  message: 'The library never exits: it throws.',
};
const hint = "Property[key.name='hint']";
const texts = (parent, pattern, message) =>
  [
    `Literal[value=${pattern}]`,
    `TemplateLiteral > TemplateElement:first-child[value.raw=${pattern}]`,
    `ConditionalExpression > Literal[value=${pattern}]`,
    `ConditionalExpression > TemplateLiteral > TemplateElement:first-child[value.raw=${pattern}]`,
  ].map((text) => ({ selector: `${parent} > ${text}`, message }));
/** A message goes on behind "Error: "; its hint is a sentence on a line of its own, or ends with a command to paste. */
const tone = [
  ...texts(hint, '/^[a-z]/', 'A hint is a sentence: it begins with a capital letter.'),
  {
    selector: `${hint} > Literal[value=/^[^:]*[^.?:]$/]`,
    message: 'A hint ends with a full stop, or behind a colon with a command to paste.',
  },
  ...texts(
    'NewExpression[callee.name=/Failure|Error$/]',
    '/^[A-Z][a-z]/',
    'A message begins with a small letter.',
  ),
];
const upward = (folders, message) => ({ group: folders.map((folder) => `**/${folder}/**`), message });

/** What a folder of the library must not import, by the direction of the house. */
const room = (folder, forbidden) => ({
  files: [`src/lib/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: [noProcesses],
        patterns: [
          upward(['commands'], 'The library knows no command.'),
          { group: ['@oclif/*', '**/base-command.ts'], message: 'The library knows no oclif.' },
          ...(forbidden.length > 0 ? [upward(forbidden, `Against the direction: ${folder} is below.`)] : []),
        ],
      },
    ],
  },
});

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'node_modules', 'bench/node_modules'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['eslint.config.js', 'bin/*.js', 'bin/*.mjs', '.mocharc.cjs'],
        },
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: ['src/lib/**/*.ts'],
    ignores: ['src/lib/process.ts', 'src/lib/spawn-sync.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [noProcesses],
          patterns: [
            upward(['commands'], 'The library knows no command.'),
            { group: ['@oclif/*', '**/base-command.ts'], message: 'The library knows no oclif.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/lib/**/*.ts'],
    rules: { 'no-console': 'error', 'no-restricted-syntax': ['error', environment, exits, ...tone] },
  },
  {
    files: ['src/*.ts', 'src/commands/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...tone] },
  },
  room('files', ['profile', 's6', 'gateway', 'boot', 'doctor', 'why']),
  room('s6', ['profile', 'gateway', 'boot', 'doctor', 'why']),
  room('profile', ['s6', 'gateway', 'boot', 'doctor', 'why']),
  room('gateway', ['boot', 'doctor', 'why']),
  room('boot', ['doctor', 'why']),
  room('doctor', ['why']),
  room('why', ['doctor']),
  {
    files: ['src/commands/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [noProcesses], patterns: [upward(['commands'], 'Commands never import commands.')] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  { files: ['bin/*.mjs'], languageOptions: { globals: { process: true, URL: true } } },
  {
    files: ['bin/*.js', '.mocharc.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { process: true, require: true, module: true, __dirname: true },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-undef': 'off' },
  },
);
