/**
 * The URI of a Contact as Request-URI: what may not stand there, the `method` parameter and the header part (RFC 3261 section 19.1.1,
 * table 1), is left out, by a proxy (section 16.6 item 2) and by the end of a dialog.
 *
 * Not modelled: carrying out what the header part asks for, which no element should believe (section 19.1.5).
 */
import type { OctetWriter } from '../../octet-writer.js';
import type { ParamCursor } from './params.js';
import type { SipUri } from './uri.js';

/** True if `uri`, parsed from `buf`, has something that a Request-URI may not have. */
export function mustBeCut(buf: Uint8Array, uri: SipUri, params: ParamCursor): boolean {
  if (uri.headersStart < uri.headersEnd) return true;
  return params.open(buf, uri.paramsStart, uri.paramsEnd).find('method');
}

/** Appends `uri` without that. */
export function writeTargetUri(writer: OctetWriter, buf: Uint8Array, uri: SipUri, params: ParamCursor): void {
  writer.span(buf, uri.start, uri.paramsStart);
  params.open(buf, uri.paramsStart, uri.paramsEnd);
  while (params.next()) {
    if (params.is('method')) continue;
    writer.octet(0x3b).span(buf, params.nameStart, params.hasValue ? params.valueEnd : params.nameEnd);
  }
}
