/** The counts of a run in which nothing has happened yet. */
import type { Counts } from '../cell/counts.js';

/** A fresh set of counts, all 0. */
export function noCounts(): Counts {
  return {
    offered: 0,
    sent: 0,
    deliveredAtOnce: 0,
    answeredDelivered: 0,
    answeredDeferred: 0,
    answeredFailed: 0,
    unanswered: 0,
    stored: 0,
    pushed: 0,
    presented: 0,
    duplicatesDropped: 0,
    settled: 0,
    expired: 0,
    rejected: 0,
    deadLettered: 0,
    stillWaiting: 0,
    triggers: 0,
    pushSessions: 0,
    pushSessionsFailed: 0,
    registersSent: 0,
    registered: 0,
    registerFailures: 0,
    bindingsRemoved: 0,
    retransmissions: 0,
    transactionTimeouts: 0,
    malformed: 0,
    metadataPut: 0,
    metadataDeleted: 0,
    metadataFailed: 0,
    metadataReconciled: 0,
    xdmsRequests: 0,
  };
}
