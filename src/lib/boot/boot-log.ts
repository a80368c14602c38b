import { closeSync, fstatSync, renameSync, writeSync } from 'node:fs';
import { openForAppend } from '../files/append.ts';
import type { Owner } from '../files/owner.ts';
import type { Step } from './plan.ts';

const rotateAtBytes = 262_144;

// What JSON leaves as it is and a terminal or a line reader does not.
const controls = /[\u007f-\u009f\u2028\u2029]/g;

/** A value as the boot log shows it: JSON-quoted when a blank, a quote or a control character is in it. */
export function logValue(value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (!/^$|[\s"'\u0000-\u001f\u007f-\u009f]/u.test(value)) return value;
  return JSON.stringify(value).replace(
    controls,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One step as `key=value` pairs, the same in the boot log and on the terminal. */
export function stepPairs(step: Step): string {
  const pairs = `profile=${logValue(step.profile)} prior_state=${step.priorState === null ? 'None' : logValue(step.priorState)} action=${step.action}`;
  return step.reason === null ? pairs : `${pairs} reason=${logValue(step.reason)}`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Local time as `YYYY-MM-DDTHH:MM:SS+ZZZZ`. */
export function logStamp(at: Date): string {
  const offsetMin = -at.getTimezoneOffset();
  const zone = `${offsetMin < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offsetMin) / 60))}${two(Math.abs(offsetMin) % 60)}`;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${zone}`;
}

/** `container-boot.log`, opened at its first line. */
export class BootLog {
  readonly #path: string;
  readonly #now: () => Date;
  readonly #owner: Owner | null;
  #fd: number | null = null;
  #bytes = 0;
  #stampS = -1;
  #stamp = '';

  constructor(path: string, now: () => Date, owner: Owner | null) {
    this.#path = path;
    this.#now = now;
    this.#owner = owner;
  }

  /** Writes the line of one step. Throws `Failure` as openForAppend does, else the errno of the file system. */
  append(step: Step): void {
    let fd = this.#fd ?? this.#open();
    if (this.#bytes >= rotateAtBytes) {
      this.close();
      renameSync(this.#path, `${this.#path}.1`);
      fd = this.#open();
    }
    this.#bytes += writeSync(fd, `${this.#stampNow()} ${stepPairs(step)}\n`);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #open(): number {
    this.#fd = openForAppend(this.#path, this.#owner);
    this.#bytes = fstatSync(this.#fd).size;
    return this.#fd;
  }

  #stampNow(): string {
    const now = this.#now();
    const second = Math.floor(now.getTime() / 1000);
    if (second !== this.#stampS) {
      this.#stampS = second;
      this.#stamp = logStamp(now);
    }
    return this.#stamp;
  }
}
