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

/** A failure as JSON shows it; a bug (anything that is no `Failure`) shows its message and nothing else. */
export function failureJson(error: unknown): FailureJson {
  if (error instanceof Failure)
    return { code: error.code, message: error.message, hint: error.hint ?? null, retryable: error.retryable };
  return {
    code: 'INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    hint: null,
    retryable: false,
  };
}

const worstFirst: readonly ExitCode[] = [77, 78, 4, 69, 1, 75, 3, 0];

/** The exit code for several targets: the worst of theirs, in the order that docs/exit-codes.md gives. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return worstFirst.find((code) => codes.includes(code)) ?? 0;
}

/** The errno of a failed system call (`ENOENT`, `EACCES`, ...), or undefined when it was something else. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // Node's own errors (`ERR_...`) have codes too.
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
