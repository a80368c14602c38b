'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');
const Module = require('module');

const dist = path.join(__dirname, '..', 'dist');
const loaded = new Map();

// V8 checks its own version and flags, and of the source its length alone. So a cache carries the very source that it
// was made from, compared byte by byte (0.1 ms; loading node:crypto for a hash costs 5), behind one line that names
// the Node.
const header = Buffer.from(`${process.version} ${process.arch}\n`);

// Where this stands in a file beside the caches, this very Node has started a program below child_process (docs/adr/0010).
const triedFile = path.join(dist, 'spawn-sync');

function isTried() {
  try {
    return fs.readFileSync(triedFile).equals(header);
  } catch {
    return false;
  }
}

/** Says so, or takes it back. */
function setTried(tried) {
  if (tried) fs.writeFileSync(triedFile, header);
  else fs.rmSync(triedFile, { force: true });
}

/** The compiled code that belongs to this source under this Node; undefined where there is none. */
function cachedData(file, source) {
  let cache;
  try {
    cache = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  const code = header.length + source.length;
  const fits =
    cache.length > code &&
    cache.subarray(0, header.length).equals(header) &&
    cache.subarray(header.length, code).equals(source);
  return fits ? cache.subarray(code) : undefined;
}

/**
 * Evaluates a script of dist/ once, by its name without ending, with compiled code where a cache, named likewise, has
 * some for it.
 */
function load(name, cache = name) {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const filename = path.join(dist, `${name}.cjs`);
  const cacheFile = path.join(dist, `${cache}.cache`);
  const source = fs.readFileSync(filename);
  const script = new vm.Script(Module.wrap(source.latin1Slice()), {
    filename,
    cachedData: cachedData(cacheFile, source),
  });
  const program = new Module(filename, module);
  // Without the source: a gateway's runner would keep it in memory for as long as it lives.
  const entry = { program: program.exports, script, filename, cacheFile };
  loaded.set(name, entry);
  program.filename = filename;
  program.loaded = true;
  // oclif asks for the bundle by its name: it gets this one.
  require.cache[filename] = program;
  const outside = Module.createRequire(filename);
  const inside = (id) => (/^\.\/\w+\.cjs$/.test(id) ? load(id.slice(2, -4)).program : outside(id));
  inside.resolve = outside.resolve;
  script.runInThisContext().call(program.exports, program.exports, inside, program, filename, dist);
  entry.program = program.exports;
  if (entry.program.takeLightWay && isTried()) entry.program.takeLightWay();
  return entry;
}

/** Writes the cache of a script that was loaded, with what has been compiled by now; whole or not at all. */
function saveCache(name) {
  const { script, filename, cacheFile } = loaded.get(name);
  const unique = `${cacheFile}.${process.pid}`;
  fs.writeFileSync(unique, Buffer.concat([header, fs.readFileSync(filename), script.createCachedData()]));
  fs.renameSync(unique, cacheFile);
}

module.exports = { load, saveCache, setTried };
