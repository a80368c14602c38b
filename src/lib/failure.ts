/** What an exit code means is said in docs/exit-codes.md; these are all of them. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 69 | 75 | 77 | 78 | 130;

export interface FailureDetails {
  /** Machine-readable name, e.g. `GATEWAY_NOT_REGISTERED`; part of the JSON contract. */
  readonly code: string;
  readonly exit: ExitCode;
  /** A way out, in words that can be pasted. */
  readonly hint?: string | undefined;
  /** Whether the same command may succeed when it is typed again. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** A failure that the operator is told about in one sentence; anything else that is thrown is a bug. */
export class Failure extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, details: FailureDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.exit = details.exit;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
  }
}

/** The allow-list of what an error shows in JSON: never argv, never the environment. */
export interface FailureJson {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
}

/** A failure as JSON shows it. */
export function failureJson(error: unknown): FailureJson {
  const { code, message, hint = null, retryable } = asFailure(error);
  return { code, message, hint, retryable };
}

/** What was thrown, as a failure: a file that cannot be used is the operator's matter, anything else a bug (INTERNAL). */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const path = error instanceof Error && 'path' in error ? String(error.path) : null;
  const refused = (fact: string, code: string, exit: ExitCode, program: string): Failure =>
    path === null
      ? new Failure(fact, { code, exit, cause: error })
      : new Failure(`${fact}: ${path}`, {
          code,
          exit,
          hint: `Look at it with: ${program} '${path}'`,
          cause: error,
        });
  switch (errnoOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return refused('permission denied', 'DENIED', 77, 'namei -l');
    case 'ENOSPC':
    case 'EDQUOT':
      return refused('the volume is full', 'DISK_FULL', 1, 'df -h');
    case 'EROFS':
      return refused('the volume is read-only', 'READ_ONLY', 1, 'findmnt -T');
    case undefined:
    default:
      return new Failure(messageOf(error), {
        code: 'INTERNAL',
        exit: 1,
        cause: error,
      });
  }
}

const worstFirst: readonly ExitCode[] = [130, 77, 78, 4, 69, 1, 75, 3, 0];

/** The exit code for several targets: the worst of theirs, in the order that docs/exit-codes.md gives. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return worstFirst.find((code) => codes.includes(code)) ?? 0;
}

/** What was thrown, in its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether a system call failed for want of rights. */
export function isDenied(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(errnoOf(error) ?? '');
}

/** The errno of a failed system call (`ENOENT`, `EACCES`, ...), or undefined when it was something else. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // Node's own errors (`ERR_...`) have codes too.
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

const errnoFacts: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is no regular file',
  ELOOP: 'it is a symbolic link',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  ENOENT: 'there is no such directory',
  EMFILE: 'this shell allows too few open files (see "ulimit -n")',
  // A FIFO that nobody reads, or a device without a driver.
  ENXIO: 'it is no regular file',
};

/** What an errno of a failed write says, in words; the errno itself where there are none. */
export function writeFact(errno: string): string {
  return errnoFacts[errno] ?? errno;
}
