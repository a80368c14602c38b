import { unlinkSync } from 'node:fs';
import { errnoOf } from '../failure.ts';

/** Removes files that an earlier container's gateway left; returns one sentence about each that stayed. */
export function sweep(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    try {
      unlinkSync(path);
      return [];
    } catch (error) {
      return errnoOf(error) === 'ENOENT'
        ? []
        : [`${path} could not be removed: ${errnoOf(error) ?? String(error)}`];
    }
  });
}
