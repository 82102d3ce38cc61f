/** The invariants' own reader of Date: RFC 1123 with GMT, as RFC 3261 section 20.17 asks. */
import { startsWith } from './search.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const OCTETS = 29;

/** In place of milliseconds; a date has whole seconds. */
export const NO_DATE = -1;

/** Milliseconds since 1970 of `Sun, 06 Nov 1994 08:49:37 GMT` in [start, end), negative before; `NO_DATE` if the octets are not of the form. */
export function slowDate(buf: Uint8Array, start: number, end: number): number {
  if (end - start !== OCTETS || !startsWith(buf, start + 3, end, ', ')) return NO_DATE;
  if (!startsWith(buf, start + 25, end, ' GMT') || buf[start + 19] !== 58 || buf[start + 22] !== 58)
    return NO_DATE;
  const day = digits(buf, start + 5, 2);
  const year = digits(buf, start + 12, 4);
  const hour = digits(buf, start + 17, 2);
  const minute = digits(buf, start + 20, 2);
  const second = digits(buf, start + 23, 2);
  let month = 0;
  while (month < 12 && !startsWith(buf, start + 8, end, MONTHS[month])) month++;
  if (month === 12 || day < 1 || year < 0 || hour < 0 || minute < 0 || second < 0) return NO_DATE;
  const leapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  let days = (year - 1970) * 365 + leapDaysUntil(year - 1) - leapDaysUntil(1969);
  days += DAYS_BEFORE[month] + (leapYear && month > 1 ? 1 : 0) + day - 1;
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

/** So many leap years are there up to `year`. */
function leapDaysUntil(year: number): number {
  return Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
}

function digits(buf: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = buf[i] - 48;
    if (digit < 0 || digit > 9) return -1e9;
    value = value * 10 + digit;
  }
  return value;
}
