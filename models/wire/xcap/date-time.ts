/**
 * Instants as XML Schema `dateTime` in UTC, `2026-01-05T08:00:00Z`, from integer milliseconds since 1970. The day is kept from
 * one call to the next, since neighbours nearly always share it. Fractions of a second are cut off.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { OctetWriter } from '../octet-writer.js';

const MS_A_DAY = 86_400_000;
const DAYS_OF_400_YEARS = 146_097;
/** Days from 1 March 0000 to 1 January 1970. */
const DAYS_TO_1970 = 719_468;
const LATEST_MS = 253_402_300_800_000;

export class DateTimeWriter {
  private day = -1;
  private dayText = '';

  /** Appends the instant; it must be from 1970 to 9999. */
  write(w: OctetWriter, ms: number): void {
    assert(ms >= 0 && ms < LATEST_MS, 'an instant out of the range of dateTime');
    const day = Math.floor(ms / MS_A_DAY);
    if (day !== this.day) {
      this.day = day;
      this.dayText = dayText(day);
    }
    const s = Math.floor((ms - day * MS_A_DAY) / 1000);
    w.ascii(this.dayText);
    two(w, (s / 3600) | 0);
    w.octet(58);
    two(w, ((s / 60) | 0) % 60);
    w.octet(58);
    two(w, s % 60);
    w.octet(90);
  }
}

function two(w: OctetWriter, value: number): void {
  const tens = (value / 10) | 0;
  w.octet(48 + tens).octet(48 + value - tens * 10);
}

/** `YYYY-MM-DDT` of a day since 1970. Years are counted from March, so that the leap day is the last of a year. */
function dayText(day: number): string {
  const days = day + DAYS_TO_1970;
  const era = Math.floor(days / DAYS_OF_400_YEARS);
  const ofEra = days - era * DAYS_OF_400_YEARS;
  const leaps = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - leaps) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const march = Math.floor((5 * ofYear + 2) / 153);
  const dayOfMonth = ofYear - Math.floor((153 * march + 2) / 5) + 1;
  const month = march < 10 ? march + 3 : march - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const pad = (value: number, width: number) => String(value).padStart(width, '0');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}T`;
}
