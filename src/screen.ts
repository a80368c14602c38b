const enter = '\x1b[?1049h\x1b[?25l';
const leave = '\x1b[?25h\x1b[?1049l';

/** A terminal taken over for a view that is drawn again and again; `q` and Ctrl-C on it ask to quit. */
export class Screen {
  readonly #quit: () => void;

  constructor(quit: () => void) {
    this.#quit = quit;
    process.stdout.write(enter);
    if (!process.stdin.isTTY) return;
    process.stdin.setRawMode(true);
    process.stdin.on('data', this.#typed).resume();
  }

  /** Shows these lines in place of those before, as many as there is room for. */
  draw(lines: readonly string[]): void {
    // A terminal that was never told its size has 0 rows.
    const room = (process.stdout.rows || Infinity) - 1;
    const shown =
      lines.length <= room
        ? lines
        : [...lines.slice(0, room - 1), `... and ${lines.length - room + 1} lines more`];
    process.stdout.write(`\x1b[H\x1b[J${shown.join('\n')}`);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    process.stdout.write(leave);
    if (!process.stdin.isTTY) return;
    process.stdin.off('data', this.#typed).pause();
    process.stdin.setRawMode(false);
  }

  readonly #typed = (keys: Buffer): void => {
    // In raw mode Ctrl-C is a character like others.
    if (['q', 'Q', '\x03'].some((key) => keys.includes(key))) this.#quit();
  };
}
