'use strict';

const fs = require('fs');
const path = require('path');
const vm = require('vm');
const Module = require('module');

const bundle = path.join(__dirname, '..', 'dist', 'commands.cjs');
const cacheFile = path.join(__dirname, '..', 'dist', 'commands.cache');

// V8 checks its own version and flags, and of the source its length alone. So the cache carries the very source that
// it was made from, compared byte by byte (0.1 ms; hashing costs 5 ms of loading node:crypto), behind one line that
// names the Node.
const header = Buffer.from(`${process.version} ${process.arch}\n`);

/** The compiled code that belongs to this source under this Node; undefined where there is none. */
function cachedData(source) {
  let cache;
  try {
    cache = fs.readFileSync(cacheFile);
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

/** The program: one bundle that carries every command and library and evaluates them when they are used. */
exports.load = () => {
  const source = fs.readFileSync(bundle);
  const script = new vm.Script(Module.wrap(source.latin1Slice()), {
    filename: bundle,
    cachedData: cachedData(source),
  });
  const program = new Module(bundle, module);
  program.filename = bundle;
  program.paths = [];
  // oclif asks for the bundle by its name: it gets this one.
  require.cache[bundle] = program;
  script
    .runInThisContext()
    .call(
      program.exports,
      program.exports,
      Module.createRequire(bundle),
      program,
      bundle,
      path.dirname(bundle),
    );
  program.loaded = true;
  return { program: program.exports, script, source };
};

/** Writes the cache with what has been compiled by now; whole or not at all. */
exports.saveCache = ({ script, source }) => {
  const unique = `${cacheFile}.${process.pid}`;
  fs.writeFileSync(unique, Buffer.concat([header, source, script.createCachedData()]));
  fs.renameSync(unique, cacheFile);
};
