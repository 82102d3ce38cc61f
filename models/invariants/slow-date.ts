/** The invariants' own reader of Date: RFC 1123 with GMT, as RFC 3261 section 20.17 asks. */

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const FORM = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Milliseconds since 1970; -1 if the text is not of the form. */
export function slowDate(text: string): number {
  const match = FORM.exec(text);
  if (match === null) return -1;
  const month = MONTHS.indexOf(match[2]) / 3;
  if (!Number.isInteger(month) || month < 0) return -1;
  const year = Number(match[3]);
  const leaps = (y: number): number => Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  const leapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  let days = (year - 1970) * 365 + leaps(year - 1) - leaps(1969);
  days += DAYS_BEFORE[month] + (leapYear && month > 1 ? 1 : 0) + Number(match[1]) - 1;
  return (((days * 24 + Number(match[4])) * 60 + Number(match[5])) * 60 + Number(match[6])) * 1000;
}
