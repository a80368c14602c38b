/**
 * Moves `-p NAME` (and its spellings) from before or between the command's words to behind them, where the parser
 * looks for flags: `-p coder gateway start` becomes `gateway start -p coder`.
 */
export function behindTheCommand(argv: readonly string[]): string[] {
  const words: string[] = [];
  const flags: string[] = [];
  const rest = [...argv];
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    const separate = word === '-p' || word === '--profile';
    if (separate && rest.length > 1) flags.push(...rest.splice(0, 2));
    else if (/^(-p.|--profile=)/.test(word)) flags.push(...rest.splice(0, 1));
    else if (word.startsWith('-')) break;
    else words.push(...rest.splice(0, 1));
  }
  return words.length > 0 ? [...words, ...flags, ...rest] : rest;
}
