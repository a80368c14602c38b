import type { Hook } from '@oclif/core';
import { tellUnknown } from '../unknown-command.ts';

const commandNotFound: Hook<'command_not_found'> = ({ id, argv = [], config }) => {
  tellUnknown(id.replaceAll(':', ' '), [id, ...argv], config);
  return Promise.resolve();
};

export default commandNotFound;
