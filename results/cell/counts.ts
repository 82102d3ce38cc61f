/**
 * What is counted over a whole run: one number for each thing that happened to a message, a session or a registration. Exact, and
 * part of `summary.json`. How long anything took is in `figures.ts`.
 */

/** Counts over the whole run, both modes together; {@link LargeCounts} has those of Large Messages alone. */
export interface Counts {
  /** Asked for by the workload. */
  offered: number;
  /** First transmission left a client. */
  sent: number;
  /** Reached a registered recipient outside of any push. */
  deliveredAtOnce: number;
  /** Answered 200 to the sender: delivered end to end; a Large Message: confirmed, by whoever took it. */
  answeredDelivered: number;
  /** Answered 202 to the sender: accepted for deferral; a Large Message: written, no confirmation was asked for. */
  answeredDeferred: number;
  /** Answered otherwise, 408 of Timer F included. */
  answeredFailed: number;
  /** Never answered until the run ended. */
  unanswered: number;
  /** Committed to the store. */
  stored: number;
  /** Handed to TCP in a push session, repetitions in later sessions included. */
  pushed: number;
  /** Complete at the recipient's client for the first time. */
  presented: number;
  /** Complete at the recipient's client again, and not presented. */
  duplicatesDropped: number;
  /** Complete at a device of a user who has several and had it before; absent if there was none. */
  copies?: number;
  /** Delivered and deleted from the store. */
  settled: number;
  expired: number;
  /** Deferral refused by the server. */
  rejected: number;
  /** Kept but no longer pushed (A18, A19). */
  deadLettered: number;
  /** Stored, and neither settled, expired nor dead-lettered when the run ended. */
  stillWaiting: number;
  triggers: number;
  pushSessions: number;
  pushSessionsFailed: number;
  registersSent: number;
  registered: number;
  registerFailures: number;
  bindingsRemoved: number;
  retransmissions: number;
  transactionTimeouts: number;
  malformed: number;
  /** Entries put into the IM XDMS, and taken out again. */
  metadataPut: number;
  metadataDeleted: number;
  /** Metadata requests that were refused or not answered, each of which is tried again. */
  metadataFailed: number;
  /** Lists that were compared with the store. */
  metadataReconciled: number;
  /** Requests that the IM XDMS answered. */
  xdmsRequests: number;
}

/** Large Messages over the whole run. */
export interface LargeCounts {
  offered: number;
  /** Sent, asking for notifications (RFC 5438); absent without any. They are in the counts of notifications as well. */
  asked?: number;
  /** Answered 200: every SEND confirmed, by a client or by the IM Server. */
  confirmed: number;
  /** Written, with no confirmation asked for. */
  unconfirmed: number;
  /** Given up by their sender with `#`. */
  aborted: number;
  failed: number;
  /** Went into another session after a failure (R15). */
  retried: number;
  /** Complete at a registered recipient, outside of any push. */
  deliveredAtOnce: number;
  /** Complete at the IM Server. */
  assembled: number;
  stored: number;
  /** Sessions that the IM Server answered. */
  sessions: number;
  /** MIME headers of SENDs that are not stored (A14). */
  contentHeadersDropped: number;
  /** SENDs of assembled messages. */
  chunks: number;
}

/** Disposition notifications (IMDN, RFC 5438). */
export interface NotificationCounts {
  /** Messages sent that ask for them. */
  asked: number;
  /** `delivered`: sent by clients that were shown such a message; each is a message of its own, in the counts of messages too. */
  sent: number;
  /** ... and shown to who had asked. */
  received: number;
  /** `failed`: sent by the IM Server for what expired or cannot be delivered. */
  failuresTold: number;
  /** ... and shown to who had asked. */
  failuresReceived: number;
  /** `failed`, not sent: too long for a MESSAGE, or too many waited for one sender; absent without any. */
  failuresUntold?: number;
  /** `displayed`, sent by clients whose users looked at such a message (`client.displayDelay`); absent without any. */
  displayedSent?: number;
  /** ... and shown to who had asked. */
  displayedReceived?: number;
}

/** What users did with their deferred messages themselves (rules 2.2, `manual`). */
export interface ByUsers {
  /** Answers to a GET; a message that is fetched again counts again. */
  fetched: number;
  /** Deleted unread. What was fetched and then deleted is settled. */
  discarded: number;
}
