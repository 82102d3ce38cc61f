/** A small result that tests of reports and folders share. */
import { TIMING_SCHEMA } from '../../results/cell/timing.js';
import { SUMMARY_SCHEMA, type CellResult } from '../../results/cell-result.js';

export function sampleResult(): CellResult {
  const delay = {
    meanUs: 60_000,
    p50Us: 55_000,
    p95Us: 84_200,
    p99Us: 9_800_000,
    maxUs: 31_000_000,
    hdr: 'HISTFAAAADF4nJNpmSzMwMDAy8DAwMjAwMDMAAEgNsO1yUsYYPzXWT+YrnMK9OcxvZViAgCixwiu',
  };
  const rate = { meanPerActiveSecond: 81.5, activeSeconds: 12, peakPerSecond: 400, peakAtSecond: 95 };
  const columns = { offered: [5], deliveredAtOnce: [4], stored: [1], settled: [1], settledOctets: [240] };
  return {
    summary: {
      schema: SUMMARY_SCHEMA,
      scenario: 'smoke',
      seed: '42',
      overrides: [],
      sabotage: null,
      outcome: 'completed',
      partial: false,
      fingerprint: '0123abcd4567ef89',
      checkpoints: ['0000000000000001'],
      virtualNs: 310e9,
      events: 123_456,
      subscribers: 200,
      counts: {
        offered: 1200,
        sent: 1200,
        deliveredAtOnce: 1000,
        answeredDelivered: 1000,
        answeredDeferred: 198,
        answeredFailed: 2,
        unanswered: 0,
        stored: 198,
        pushed: 199,
        presented: 198,
        duplicatesDropped: 1,
        settled: 198,
        expired: 0,
        rejected: 0,
        deadLettered: 0,
        stillWaiting: 0,
        triggers: 320,
        pushSessions: 80,
        pushSessionsFailed: 0,
        registersSent: 320,
        registered: 320,
        registerFailures: 0,
        bindingsRemoved: 120,
        retransmissions: 12,
        transactionTimeouts: 0,
        malformed: 0,
        metadataPut: 0,
        metadataDeleted: 0,
        metadataFailed: 0,
        metadataReconciled: 0,
        xdmsRequests: 0,
      },
      distributions: {
        storeDelay: { count: 198, ...delay },
        dwell: { count: 198, ...delay, maxUs: 130_000_000 },
      },
      throughput: {
        messages: { total: 198, ...rate },
        octets: { total: 47_520, ...rate, peakPerSecond: 96_000 },
      },
      store: { peakRecords: 150, peakRecordsAtSecond: 80, peakOctets: 51_150, peakOctetsAtSecond: 80 },
      invariants: [
        {
          id: 'I8',
          title: 'nothing lost, nothing twice',
          clause: 'rules 7',
          held: true,
          checked: 198,
          violations: 0,
        },
      ],
      serviceTimes: 'assumed, not calibrated',
    },
    timing: {
      schema: TIMING_SCHEMA,
      wallMs: 1000,
      cpuMs: 1100,
      speed: 310,
      eventsPerSecond: 123_456,
      maxResidentOctets: 100_000_000,
      node: 'v20.20.2',
    },
    series: {
      ...columns,
      expired: [0],
      registersSent: [3],
      registersGranted: [3],
      storeRecords: [1],
      storeOctets: [341],
    },
  };
}
