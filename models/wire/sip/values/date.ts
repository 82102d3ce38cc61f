/**
 * Date (RFC 3261 section 20.17: RFC 1123 format, GMT only) to and from integer milliseconds since 1970, by the arithmetic of the
 * Gregorian calendar. A wrong weekday is let pass, as the example of the change request has one (rules section 1.7). Not here:
 * leap seconds (`:60` counts as the next minute), years after 9999, writing a date before 1970.
 */
import { octetsOf, type OctetWriter } from '../../octet-writer.js';
import { CHARS, Char, equalsIgnoringCase, skipSpace } from '../chars.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'];
/** From 1 January 1970 on, a Thursday. */
const WEEKDAY_NAMES = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const SECONDS_A_DAY = 86_400;
/** 29ths of February in the years 1 to 1969 of the Gregorian calendar. */
const LEAP_DAYS_BEFORE_1970 = 477;

/** In place of milliseconds: no date. A date has whole seconds, so none before 1970 is this number. */
export const NO_DATE = -1;

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 1 January 1970 to 1 January of `year`. */
function daysBeforeYear(year: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  return (year - 1970) * 365 + leapDays - LEAP_DAYS_BEFORE_1970;
}

/** Exactly `count` digits at `at` as a number; -1 if they are not there. */
function digitsAt(buf: Uint8Array, at: number, end: number, count: number): number {
  if (at + count > end) return -1;
  let value = 0;
  for (let p = at; p < at + count; p++) {
    if ((CHARS[buf[p]] & Char.digit) === 0) return -1;
    value = value * 10 + buf[p] - 48;
  }
  return value;
}

/** Index in `names` of the three letters at `at`; -1 if they are none of them. */
function nameAt(buf: Uint8Array, at: number, end: number, names: readonly string[]): number {
  if (at + 3 > end) return -1;
  for (let i = 0; i < names.length; i++) if (equalsIgnoringCase(buf, at, at + 3, names[i])) return i;
  return -1;
}

/** Seconds of the day of `HH:MM:SS` at `at`; -1 if it is not that. */
function timeAt(buf: Uint8Array, at: number, end: number): number {
  const hour = digitsAt(buf, at, end, 2);
  const minute = digitsAt(buf, at + 3, end, 2);
  const second = digitsAt(buf, at + 6, end, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  if (buf[at + 2] !== 58 || buf[at + 5] !== 58) return -1;
  return (hour * 60 + minute) * 60 + second;
}

/**
 * Milliseconds since 1970 of the date in [start, end), negative before; {@link NO_DATE} if it does not fit the grammar or names another
 * zone than GMT. A wrong weekday is let pass.
 */
export function parseDate(buf: Uint8Array, start: number, end: number): number {
  if (nameAt(buf, start, end, WEEKDAYS) < 0 || start + 3 >= end || buf[start + 3] !== 44) return NO_DATE;
  let p = skipSpace(buf, start + 4, end);
  const day = digitsAt(buf, p, end, 2);
  p = skipSpace(buf, p + 2, end);
  const month = nameAt(buf, p, end, MONTHS);
  p = skipSpace(buf, p + 3, end);
  const year = digitsAt(buf, p, end, 4);
  p = skipSpace(buf, p + 4, end);
  const time = timeAt(buf, p, end);
  p = skipSpace(buf, p + 8, end);
  if (day < 1 || month < 0 || year < 0 || time < 0) return NO_DATE;
  if (!equalsIgnoringCase(buf, p, end, 'gmt')) return NO_DATE;
  const leapDay = isLeap(year) ? 1 : 0;
  const length = DAYS_BEFORE_MONTH[month + 1] - DAYS_BEFORE_MONTH[month] + (month === 1 ? leapDay : 0);
  if (day > length) return NO_DATE;
  const days = daysBeforeYear(year) + DAYS_BEFORE_MONTH[month] + (month > 1 ? leapDay : 0) + day - 1;
  return (days * SECONDS_A_DAY + time) * 1000;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** `Thu, 21 Feb 2002 13:02:03 GMT` for integer milliseconds since 1970 (before the year 10000), fractions of a second cut off. */
export function formatDate(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const days = Math.floor(seconds / SECONDS_A_DAY);
  const time = seconds - days * SECONDS_A_DAY;
  let year = 1970 + Math.floor(days / 366);
  while (daysBeforeYear(year + 1) <= days) year++;
  let rest = days - daysBeforeYear(year);
  const leapDay = isLeap(year) ? 1 : 0;
  let month = 11;
  while (rest < DAYS_BEFORE_MONTH[month] + (month > 1 ? leapDay : 0)) month--;
  rest -= DAYS_BEFORE_MONTH[month] + (month > 1 ? leapDay : 0);
  const hour = Math.floor(time / 3600);
  const minute = Math.floor(time / 60) % 60;
  const clock = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(time % 60)}`;
  return `${WEEKDAY_NAMES[days % 7]}, ${twoDigits(rest + 1)} ${MONTH_NAMES[month]} ${year} ${clock} GMT`;
}

/** Writes `Date` lines for one who needs many of the same second. */
export class DateLine {
  private second = -1;
  private octets: Uint8Array = octetsOf('');

  /** The line for integer milliseconds since 1970, with its CRLF. */
  write(writer: OctetWriter, milliseconds: number): void {
    const second = Math.floor(milliseconds / 1000);
    if (second !== this.second) {
      this.second = second;
      this.octets = octetsOf(`Date: ${formatDate(second * 1000)}\r\n`);
    }
    writer.constant(this.octets);
  }
}
