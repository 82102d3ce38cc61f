/**
 * Assertions: what cannot happen. A failed assertion is a defect of this program, never of a peer or of a user; it stops
 * the run at once. What a peer or a user can cause is a typed value instead (see `docs/architecture.md`, "Errors").
 */

/** Thrown by {@link assert}; the run ends with exit code 1 and names the message. */
export class AssertionFailure extends Error {
  override name = 'AssertionFailure';
}

/** Stops the run unless `condition` holds. `message` names the invariant that was broken, in a few words. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** For the branch that the types say cannot be reached. */
export function unreachable(message: string): never {
  throw new AssertionFailure(message);
}
