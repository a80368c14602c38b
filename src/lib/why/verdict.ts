import { running, stopping } from './alive.ts';
import type { Case, Verdict } from './case.ts';
import { dying, givenUp } from './dying.ts';
import { down, downAgainstWish, unsupervised, withoutSlot } from './idle.ts';

/** Decides why a gateway is as it is, by the facts alone. */
export function verdictOf(facts: Case): Verdict {
  switch (facts.status.state) {
    case 'ready':
    case 'up':
    case 'starting':
      return running(facts);
    case 'stopping':
      return stopping(facts);
    case 'backoff':
      return dying(facts);
    case 'failed':
      return givenUp(facts);
    case 'down':
      return facts.wish.state === 'up' ? downAgainstWish(facts) : down(facts);
    case 'missing':
      return withoutSlot(facts);
    case 'unsupervised':
      return unsupervised(facts);
  }
}
