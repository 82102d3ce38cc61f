/**
 * Failure-Report and Success-Report of a message, the six combinations of rules 3.5 (RFC 4975 sections 7.1.1 to 7.1.3), as one number
 * that an operator or a workload can choose.
 */
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { FailureReport } from '../codes.js';

/** Who confirms a message to its sender, and how. */
export const ReportChoice = {
  /** Failure-Report: yes; a 200 for each SEND. The default of RFC 4975. */
  responses: 0,
  /** The same, and a success REPORT over the whole. */
  responsesAndReport: 1,
  /** Failure-Report: partial; no 200, errors only. */
  failuresOnly: 2,
  /** Failure-Report: partial, Success-Report: yes. */
  failuresAndReport: 3,
  /** Failure-Report: no; nothing at all. */
  nothing: 4,
  /** Failure-Report: no, Success-Report: yes. */
  reportOnly: 5,
} as const;
export type ReportChoice = (typeof ReportChoice)[keyof typeof ReportChoice];

/**
 * Who asked for no confirmation takes a message for delivered when nothing spoke against it for so long after its last octet: the
 * time after which a SEND that gets a response would have failed (A15). Until then no BYE, which would overtake the octets.
 */
export const QUIET_NS = 30 * NS_PER_S;

const FAILURE_REPORT: readonly FailureReport[] = [
  FailureReport.yes,
  FailureReport.yes,
  FailureReport.partial,
  FailureReport.partial,
  FailureReport.no,
  FailureReport.no,
];
const SUCCESS_REPORT: readonly boolean[] = [false, true, false, true, false, true];

/** Value of Failure-Report. */
export function failureReportIn(choice: ReportChoice): FailureReport {
  return FAILURE_REPORT[choice];
}

/** True if Success-Report is yes. */
export function successReportIn(choice: ReportChoice): boolean {
  return SUCCESS_REPORT[choice];
}

/** True if the choice brings no confirmation at all, however good the path. */
export function isUnconfirmed(choice: ReportChoice): boolean {
  return choice === ReportChoice.failuresOnly || choice === ReportChoice.nothing;
}
