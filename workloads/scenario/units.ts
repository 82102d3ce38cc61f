/**
 * Quantities as people write them in a scenario: a number and a unit, `30ms`, `2KiB`, `36/s`, `5%`. A bare number is refused
 * where a unit belongs, so that nobody has to guess whether `30` meant seconds.
 *
 * Not done here: bit rates in anything but decimal units, calendar units longer than a day.
 */
import { z } from 'zod';

const DURATION_NS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1_000],
  ['ms', 1_000_000],
  ['s', 1_000_000_000],
  ['m', 60_000_000_000],
  ['h', 3_600_000_000_000],
  ['d', 86_400_000_000_000],
]);

const SIZE_OCTETS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1_000],
  ['KiB', 1_024],
  ['MB', 1_000_000],
  ['MiB', 1_048_576],
  ['GB', 1_000_000_000],
  ['GiB', 1_073_741_824],
]);

const RATE_PER_SECOND: ReadonlyMap<string, number> = new Map([
  ['/s', 1],
  ['/m', 1 / 60],
  ['/h', 1 / 3600],
]);

const BITS_PER_SECOND: ReadonlyMap<string, number> = new Map([
  ['bit/s', 1],
  ['kbit/s', 1_000],
  ['Mbit/s', 1_000_000],
  ['Gbit/s', 1_000_000_000],
]);

const PERCENT: ReadonlyMap<string, number> = new Map([['%', 0.01]]);

const QUANTITY = /^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z/%]*)$/;

/** What is said of anything but a whole number in its range. */
export const NEEDS_WHOLE = 'a whole number is needed here';

/** The kinds of quantities, by the name that a schema's metadata carries. */
export type QuantityName = 'duration' | 'size' | 'rate' | 'bandwidth' | 'share';

/** What a kind of quantity is called, its units, and one example for the reader of an error. */
interface Kind {
  readonly name: QuantityName;
  readonly what: string;
  readonly example: string;
  readonly units: ReadonlyMap<string, number>;
  /** True if the result is rounded to a whole number (nanoseconds, octets). */
  readonly whole: boolean;
  readonly atMost?: number;
  /** What is told of one that is too large: the most that can be. */
  readonly most?: string;
  /** True if a sign may stand before it. */
  readonly signed?: boolean;
}

const DURATION: Kind = {
  name: 'duration',
  what: 'a duration',
  example: '30ms',
  units: DURATION_NS,
  whole: true,
  most: ': virtual time ends after 104d',
};
const SIZE: Kind = { name: 'size', what: 'a size', example: '2KiB', units: SIZE_OCTETS, whole: true };
const RATE: Kind = { name: 'rate', what: 'a rate', example: '36/s', units: RATE_PER_SECOND, whole: false };
const BANDWIDTH: Kind = {
  name: 'bandwidth',
  what: 'a bit rate',
  example: '10Mbit/s',
  units: BITS_PER_SECOND,
  whole: true,
};
const SHARE: Kind = {
  name: 'share',
  what: 'a share',
  example: '5%',
  units: PERCENT,
  whole: false,
  atMost: 1,
};

/** The value of `text` in the base unit of `kind`, or a sentence that says what is wrong. */
function readQuantity(text: string, kind: Kind): number | string {
  const negative = kind.signed === true && text.trim().startsWith('-');
  const plain = text.trim().replace(kind.signed === true ? /^[+-]/ : '', '');
  const match = QUANTITY.exec(plain);
  const unit = match?.[2] ?? '';
  const factor = kind.units.get(unit);
  if (match === null) return `"${text}" is not ${kind.what}: write it like ${kind.example}`;
  if (unit === '') return `${kind.what} needs a unit: write it like ${kind.example}`;
  if (factor === undefined) {
    return `unknown unit "${unit}" of ${kind.what}: use one of ${[...kind.units.keys()].join(', ')}`;
  }
  // Percent divides, so that 5% is the same double as 0.05 in a source text.
  const amount = Number(match[1]);
  const value = unit === '%' ? amount / 100 : amount * factor;
  if (kind.atMost !== undefined && value > kind.atMost) return `${kind.what} is at most 100%, not ${text}`;
  const magnitude = kind.whole ? Math.round(value) : value;
  const result = negative ? -magnitude : magnitude;
  return Number.isSafeInteger(Math.floor(result)) ? result : `${text} is too large${kind.most ?? ''}`;
}

function quantity(kind: Kind) {
  return z
    .string({ error: () => `${kind.what} needs a unit: write it like ${kind.example}` })
    .transform((text, context) => {
      const value = readQuantity(text, kind);
      if (typeof value === 'number') return value;
      context.addIssue({ code: 'custom', message: value });
      return z.NEVER;
    })
    .meta({ examples: [kind.example], quantity: kind.name });
}

/** A duration in text; gives integer nanoseconds. */
export const duration = () => quantity(DURATION);
/** A duration with a sign in text; gives integer nanoseconds. */
export const offset = () => quantity({ ...DURATION, what: 'an offset', example: '-5s', signed: true });
/** A size in text; gives whole octets. */
export const size = () => quantity(SIZE);
/** A rate in text; gives events a second. */
export const rate = () => quantity(RATE);
/** A bit rate in text; gives bits a second. */
export const bandwidth = () => quantity(BANDWIDTH);
/** A percentage in text; gives a fraction in [0, 1]. */
export const share = () => quantity(SHARE);

/** A regular expression for texts of this kind, for editors. Signed offsets count as durations. */
export function quantityPattern(name: QuantityName): string {
  const kinds: Readonly<Record<QuantityName, Kind>> = {
    duration: DURATION,
    size: SIZE,
    rate: RATE,
    bandwidth: BANDWIDTH,
    share: SHARE,
  };
  const sign = name === 'duration' ? '-?' : '';
  return `^${sign}[0-9]+(\\.[0-9]+)? ?(${[...kinds[name].units.keys()].join('|')})$`;
}

const DURATION_STEPS: readonly (readonly [string, number])[] = [...DURATION_NS].toReversed();

/** `ns` in the largest unit that keeps it exact: 90 s is `90s`, 1 h is `1h`. */
export function durationText(ns: number): string {
  if (ns === 0) return '0s';
  for (const [unit, factor] of DURATION_STEPS) if (ns % factor === 0) return `${ns / factor}${unit}`;
  return `${ns}ns`;
}

/** A finite number from 0 up without an exponent, as a scenario takes it: exactly the digits that `String` gives it. */
export function plainNumber(value: number): string {
  const [mantissa, exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [whole, part = ''] = mantissa.split('.');
  const point = whole.length + Number(exponent);
  const digits = whole + part;
  return point <= 0 ? `0.${'0'.repeat(-point)}${digits}` : digits.padEnd(point, '0');
}

/** A value in base units as text that reads back to the same value. */
export function quantityText(name: QuantityName, value: number): string {
  switch (name) {
    case 'duration':
      return durationText(value);
    case 'size':
      return `${plainNumber(value)}B`;
    case 'rate':
      return `${plainNumber(value)}/s`;
    case 'bandwidth':
      return `${plainNumber(value)}bit/s`;
    case 'share':
      // Fifteen digits hide what the division by 100 added at the far end, so that 5% is 5% again.
      return `${plainNumber(Number((value * 100).toPrecision(15)))}%`;
  }
}
