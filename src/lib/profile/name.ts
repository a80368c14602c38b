import { Failure } from '../failure.ts';

declare const brand: unique symbol;

/** A profile's name that satisfies the service name rule; `default` is the profile of the root home. */
export type ProfileName = string & { readonly [brand]: 'ProfileName' };

/** The profile that is the root home itself. */
export const defaultProfile = 'default' as ProfileName;

/** Names that create and delete refuse. */
export const reservedNames: ReadonlySet<string> = new Set([
  'default',
  'hermes',
  'root',
  'test',
  'tmp',
  'sudo',
]);

const rule = /^[a-z0-9][a-z0-9_-]*$/;
const servicePrefix = 'gateway-';
/** NAME_MAX less the prefix and what staging puts around the name. */
const longestName = 255 - servicePrefix.length - 40;
const longestNewName = 64;

function badName(text: string, fact: string): Failure {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
  return new Failure(`${shown} is no profile name: ${fact}`, { code: 'BAD_NAME', exit: 2 });
}

function isName(text: string): text is ProfileName {
  return text.length <= longestName && rule.test(text);
}

/** The name that `text` spells, any spelling of "default" included; throws `Failure` (2) for anything else. */
export function parseProfileName(text: string): ProfileName {
  if (text.toLowerCase() === defaultProfile) return defaultProfile;
  if (text.length > longestName) throw badName(text, `it is longer than ${longestName} characters`);
  if (!isName(text)) throw badName(text, 'use a-z, 0-9, "_" and "-", beginning with a letter or a digit');
  return text;
}

/** Throws `Failure` (2) for a name that `profile create` and `profile delete` refuse. */
export function assertCreatable(name: ProfileName): void {
  if (reservedNames.has(name))
    throw new Failure(`"${name}" is a reserved name`, {
      code: 'RESERVED_NAME',
      exit: 2,
      hint: 'Choose another.',
    });
  if (name.length > longestNewName) throw badName(name, `it is longer than ${longestNewName} characters`);
}

/** The s6 service of a profile's gateway. */
export function serviceName(name: ProfileName): string {
  return servicePrefix + name;
}

/** Whose gateway a service is; null for a service that is none of ours. */
export function profileOfService(service: string): ProfileName | null {
  if (!service.startsWith(servicePrefix)) return null;
  const name = service.slice(servicePrefix.length);
  return isName(name) ? name : null;
}

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        (above[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, (before[column - 2] ?? 0) + 1);
      line.push(least);
    }
    before = above;
    above = line;
  }
  return above[b.length] ?? 0;
}

/** The candidate that was probably meant by `word`; null when none is near (a third of the letters, at least one). */
export function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3));
  for (const candidate of candidates) {
    const edits = distance(word, candidate);
    if (edits < least || (edits === least && best === null)) {
      best = candidate;
      least = edits;
    }
  }
  return best;
}
