/** Failure-Report and Success-Report as a scenario names them (rules 3.5), for what clients send and for what is pushed to them. */
import { ReportChoice } from '../../models/msrp/sending/report-choice.js';

export const REPORT_CHOICES = [
  'responses',
  'responses-and-report',
  'failures-only',
  'failures-and-report',
  'nothing',
  'report-only',
] as const;

/** By the word of the scenario. */
export const REPORTS: Readonly<Record<(typeof REPORT_CHOICES)[number], ReportChoice>> = {
  responses: ReportChoice.responses,
  'responses-and-report': ReportChoice.responsesAndReport,
  'failures-only': ReportChoice.failuresOnly,
  'failures-and-report': ReportChoice.failuresAndReport,
  nothing: ReportChoice.nothing,
  'report-only': ReportChoice.reportOnly,
};
