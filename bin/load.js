'use strict';

const path = require('path');

/** The program: one bundle, which carries every command and library and evaluates them when they are used. */
exports.load = () => require(path.join(__dirname, '..', 'dist', 'commands.cjs'));
