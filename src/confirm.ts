import { Failure } from './lib/failure.ts';

/** Asks on the terminal; throws `Failure`: 130 for anything but yes, 2 where there is no terminal to ask on. */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new Failure('there is no terminal to ask on', {
      code: 'NOT_CONFIRMED',
      exit: 2,
      hint: 'Say yes beforehand with --yes.',
    });
  if (!(await isYes(question)))
    throw new Failure('cancelled: nothing was changed', { code: 'CANCELLED', exit: 130 });
}

async function isYes(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    // Ctrl-C and Ctrl-D close it without an answer.
    prompt.once('close', () => resolve(false));
    prompt.question(`${question} [y/N] `, (answer) => {
      resolve(/^(y|yes)$/i.test(answer.trim()));
      prompt.close();
    });
  });
}
