/**
 * How those who send tell the registration that the Core refused a request with 403. The edge does so when it has no binding of the sender
 * (`models/sip-core/proxy`), so that what was to be sent may leave once more after the next registration; a second 403 is the last word.
 */

export const FORBIDDEN = 403;

export interface BindingDoubts {
  /** A request of `user` was refused with 403. If she is not registered now, she is about to be. */
  bindingRefused(user: number): void;
}
