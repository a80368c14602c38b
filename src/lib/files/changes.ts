import { type FSWatcher, statSync, watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, Failure, isDenied } from '../failure.ts';

/** A directory, and the names in it whose changes matter; null: all. */
export interface Place {
  readonly directory: string;
  readonly names: readonly string[] | null;
}

/** Watches directories by inotify. What changes between two waits ends the second one at once. */
export class Changes {
  readonly #watchers = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>();
  #change = Promise.withResolvers<null>();

  /** Watches these places; one that is missing, or another one by now, counts from the next call on. Throws a Failure (1, 77). */
  watch(places: readonly Place[]): void {
    for (const { directory, names } of places) {
      const inode = statSync(directory, { throwIfNoEntry: false })?.ino;
      const known = this.#watchers.get(directory);
      if (known !== undefined && known.inode === inode) continue;
      known?.watcher.close();
      this.#watchers.delete(directory);
      const watcher = inode === undefined ? null : this.#begin(directory, names);
      if (inode !== undefined && watcher !== null) this.#watchers.set(directory, { inode, watcher });
    }
  }

  /** Waits for the next change since the last call, for at most `limitMs` (null: no limit), or until the signal. */
  async next(limitMs: number | null, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const ends = [signal, over.signal];
    const limit = sleep(limitMs ?? 2 ** 31 - 1, null, { signal: AbortSignal.any(ends) }).catch(() => null);
    await Promise.race([this.#change.promise, limit]);
    over.abort();
    this.#change = Promise.withResolvers();
  }

  close(): void {
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #begin(directory: string, names: Place['names']): FSWatcher | null {
    try {
      const watcher = watch(directory, (_, name) => {
        if (name === null || names === null || names.includes(name)) this.#change.resolve(null);
      });
      return watcher.on('error', () => this.#change.resolve(null));
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT') return null;
      throw new Failure(`${directory} cannot be watched: ${errno ?? String(error)}`, {
        code: 'WATCH_FAILED',
        exit: isDenied(error) ? 77 : 1,
        hint: errno === 'ENOSPC' ? 'Raise the limit: sysctl fs.inotify.max_user_watches=524288' : undefined,
        cause: error,
      });
    }
  }
}
