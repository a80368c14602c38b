#!/usr/bin/env -S node --
'use strict';

// The "--" above keeps Node from taking a --env-file of ours, with the NODE_OPTIONS in it, for its own.
// The entry: Node's age, then the right user, and only then the program is read.
// Written for Node 12 and later, so that an old one gets a sentence instead of a syntax error.
if (Number(process.versions.node.split('.')[0]) < 22) require('./old-node.js');
else {
  if (process.geteuid() === 0) require('./drop-root.js');
  if (process.exitCode === undefined) start(require('./load.js').load, process.argv.slice(2));
}

function start(load, words) {
  // A slot's run script, word for word.
  const typed = process.env.HERMES_S6_SUPERVISED_CHILD && /^(?:-p (\S+) )?gateway run$/.exec(words.join(' '));
  if (!typed || !load('supervised').program.run(typed[1]))
    load('commands', cacheFor(words)).program.main(words);
}

/** A start pays for all that is in its cache: the commands that run much more than the others have caches of their own. */
function cacheFor(words) {
  if (words.some((word) => /^(?:start|stop|restart)$/.test(word))) return 'transition';
  return words.includes('reconcile') ? 'boot' : 'commands';
}
