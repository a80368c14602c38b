import { Help } from '@oclif/core/help';

export default class HermesHelp extends Help {}
