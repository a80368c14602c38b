import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  watch,
  type FSWatcher,
} from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { errnoOf } from '../failure.ts';
import type { RootHome } from '../profile/home.ts';
import type { ProfileName } from '../profile/name.ts';
import { logDir } from '../profile/paths.ts';
import { logFiles, type LogFile } from './log-files.ts';
import { parseLogLine, type LogLine } from './log-line.ts';

/** One profile's log as it grows, across rotations: an open file is read to its end before the next one is opened. */
export class LogTail {
  readonly #profile: ProfileName;
  readonly #directory: string;
  #watcher: FSWatcher | null = null;
  #open: { fd: number; inode: number; decoder: StringDecoder; rest: string } | null = null;

  /** Begins with the first line of the file `first`, of the oldest one without it. */
  constructor(root: RootHome, profile: ProfileName, first?: LogFile) {
    this.#profile = profile;
    this.#directory = logDir(root, profile);
    if (first !== undefined) this.#openFile(first.path);
  }

  /** Calls `onChange` whenever something may have been written, until `close`. */
  watch(onChange: () => void): void {
    const arm = () => {
      this.#watcher?.close();
      let directory = this.#directory;
      while (!existsSync(directory)) directory = dirname(directory);
      this.#watcher = watch(directory, () => {
        if (directory !== this.#directory || !existsSync(directory)) arm();
        onChange();
      });
      this.#watcher.on('error', arm);
      onChange();
    };
    arm();
  }

  /** The whole lines that have come since the last call. */
  *read(): Generator<LogLine> {
    if (this.#open !== null) yield* this.#drain();
    for (const path of this.#newer()) {
      // Written to until the moment it was put away: its last lines come before the next file's.
      if (this.#open !== null) yield* this.#drain();
      // Put away between the look and the opening: it has another name now.
      if (!this.#openFile(path)) {
        yield* this.read();
        return;
      }
      yield* this.#drain();
    }
  }

  /** Ends the watching, and forgets where the reading was. */
  close(): void {
    this.#watcher?.close();
    this.#closeFile();
  }

  #closeFile(): void {
    if (this.#open !== null) closeSync(this.#open.fd);
    this.#open = null;
  }

  /** The files that came after the open one; all of them when it has been thrown away by now. */
  #newer(): string[] {
    const open = this.#open;
    for (;;) {
      const files = logFiles(this.#directory).flatMap(({ path }) => {
        const inode = statSync(path, { throwIfNoEntry: false })?.ino;
        return inode === undefined ? [] : [{ path, inode }];
      });
      const index = files.findIndex(({ inode }) => inode === open?.inode);
      // A file that still has a name was given another one between the look at the directory and the look at it.
      if (index >= 0 || open === null || fstatSync(open.fd).nlink === 0)
        return files.slice(index + 1).map(({ path }) => path);
    }
  }

  #openFile(path: string): boolean {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
    this.#closeFile();
    this.#open = { fd, inode: fstatSync(fd).ino, decoder: new StringDecoder('utf8'), rest: '' };
    return true;
  }

  *#drain(): Generator<LogLine> {
    const open = this.#open;
    if (open === null) return;
    const buffer = Buffer.allocUnsafe(256 * 1024);
    for (;;) {
      const bytes = readSync(open.fd, buffer);
      if (bytes === 0) return;
      const lines = (open.rest + open.decoder.write(buffer.subarray(0, bytes))).split('\n');
      open.rest = lines.pop() ?? '';
      for (const line of lines) yield parseLogLine(this.#profile, line);
    }
  }
}
