/**
 * Header fields as an operator names them for `neverStore`: long or compact, in any case, or a whole family that ends in `*`; and
 * those among them that cannot be left out, since a record needs them.
 */
import { HEADER_NAMES, Header, headerIdOfName } from '../../wire/sip/head/header-names.js';
import { classOfHeader, HeaderClass } from './header-classes.js';

/** Classes without which a record is no message, or cannot be pushed as P8 says. */
const INDISPENSABLE: readonly HeaderClass[] = [
  HeaderClass.E,
  HeaderClass.Eid,
  HeaderClass.C,
  HeaderClass.Q,
  HeaderClass.T,
];

/** The ids that a name means, or a family of names that ends in `*`. */
export function idsOf(name: string): readonly Header[] {
  const id = headerIdOfName(name);
  if (id !== Header.unknown) return [id];
  if (!name.endsWith('*')) return [];
  const prefix = name.slice(0, -1).toLowerCase();
  return HEADER_NAMES.flatMap((known, i) =>
    i > 0 && known.toLowerCase().startsWith(prefix) ? [i as Header] : [],
  );
}

/** A header field among those that `name` means which an operator cannot leave out of the store; undefined if there is none. */
export function indispensable(name: string): string | undefined {
  const found = idsOf(name.trim()).find((id) => INDISPENSABLE.includes(classOfHeader(id)));
  return found === undefined ? undefined : HEADER_NAMES[found];
}
