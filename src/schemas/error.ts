import { answer, failure } from './answer.ts';

/** What every command prints under `--json` when it cannot answer. */
export default answer('error', { error: failure });
