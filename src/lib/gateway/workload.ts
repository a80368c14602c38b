/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type StopSignal = 'SIGTERM' | 'SIGINT';
export type ForwardedSignal = 'SIGHUP' | 'SIGQUIT' | 'SIGUSR1' | 'SIGUSR2' | 'SIGWINCH';

/** What a runner keeps running: the built-in gateway, or the program that it hosts. */
export interface Workload {
  /** Settles when it serves; never when it ends before that. */
  readonly ready: Promise<void>;
  /** Settles when it has ended, and everything it started with it. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends it, by force when it takes longer than `graceMs`. */
  stop(signal: StopSignal, graceMs: number): Promise<void>;
  signal(signal: ForwardedSignal): void;
}
