/** Numbers for people: separators, durations and sizes with three or so significant digits. The same text on every machine. */

/** `1234567` as `1,234,567`. */
export function thousands(value: number): string {
  const [whole, fraction] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function significant(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Microseconds as `850 us`, `84.2 ms`, `9.80 s`, `2 min 10 s` or `1 h 05 min`. */
export function durationOfUs(us: number): string {
  if (us < 1_000) return `${us} us`;
  if (us < 999_500) return `${significant(us / 1_000)} ms`;
  if (us < 59_950_000) return `${significant(us / 1_000_000)} s`;
  const seconds = Math.round(us / 1_000_000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${thousands(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}

/** Virtual nanoseconds as `30:00` or `1:05:00`. */
export function clockOfNs(ns: number): string {
  const seconds = Math.floor(ns / 1_000_000_000);
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const OCTET_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Octets as `512 B`, `4.10 KiB`, `13.4 MiB`. */
export function octetsText(octets: number): string {
  let value = octets;
  let unit = 0;
  while (value >= 1024 && unit < OCTET_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : significant(value)} ${OCTET_UNITS[unit]}`;
}

/** Rows of cells as lines: the first column to the left, the others to the right, two spaces between. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}

/** The same with a head; no lines if there are no rows, since a head alone tells nothing. */
export function headed(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : columns([head, ...rows]);
}
