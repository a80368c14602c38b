import assert from 'node:assert/strict';
import { applyPatches, lazyRequires } from '../../../scripts/lazy-oclif.ts';

describe('lazy requires in the bundle', () => {
  it('evaluates a module where it is used, not where it is named', () => {
    const text = [
      'const node_path_1 = require("node:path");',
      'const debug_1 = __importDefault(require("debug"));',
      'const join = () => new node_path_1.Join((0, debug_1.default)("a"));',
    ].join('\n');
    assert.equal(
      lazyRequires(text),
      [
        'const node_path_1 = { get lazy() { return require("node:path"); } };',
        'const debug_1 = { get lazy() { return __importDefault(require("debug")); } };',
        'const join = () => new node_path_1.lazy.Join((0, debug_1.lazy.default)("a"));',
      ].join('\n'),
    );
  });

  it('leaves text without such lines as it is', () => {
    assert.equal(lazyRequires('const path = require("path");\n'), 'const path = require("path");\n');
  });

  it('leaves modules that are there anyway as they are', () => {
    const text = 'const node_fs_1 = require("node:fs");\nconst b_1 = require("b");\nnode_fs_1.a(b_1.c);\n';
    assert.equal(
      lazyRequires(text, ['node:fs']),
      'const node_fs_1 = require("node:fs");\nconst b_1 = { get lazy() { return require("b"); } };\nnode_fs_1.a(b_1.lazy.c);\n',
    );
  });

  it('replaces what a patch names, and tells when that is gone', () => {
    const patch = { file: 'config/plugin.js', from: 'slow()', to: 'quick()' };
    assert.deepEqual(applyPatches('config/plugin.js', 'a = slow();', [patch]), {
      text: 'a = quick();',
      gone: [],
    });
    assert.deepEqual(applyPatches('config/plugin.js', 'a = other();', [patch]), {
      text: 'a = other();',
      gone: [patch],
    });
    assert.deepEqual(applyPatches('main.js', 'a = slow();', [patch]), { text: 'a = slow();', gone: [] });
  });
});
