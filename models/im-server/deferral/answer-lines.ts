/** Header lines of the IM Server's refusals, each with its CRLF (RFC 3261 sections 8.2.1, 20.33 and 20.43). */
import { IM_SERVER_HOST } from '../../addressing.js';

/** What this UAS understands, in a dialog or not (section 20.5). */
export const ALLOW = 'Allow: INVITE, ACK, CANCEL, BYE, MESSAGE, OPTIONS, REGISTER\r\n';
/** No extension, which an INVITE and its 2xx say too (sections 13.2.1 and 20.37). */
export const SUPPORTED = 'Supported:\r\n';
/** Seconds after which an overloaded server may be asked again. Assumed. */
export const RETRY_AFTER = 'Retry-After: 5\r\n';
/** No room for anybody; a wait of seconds will not help (rules 2.6). */
export const STORE_FULL = `Warning: 399 ${IM_SERVER_HOST} "deferred message store is full"\r\n`;
/** With the 488 to a re-INVITE (section 14.2). */
export const NO_CHANGE = `Warning: 399 ${IM_SERVER_HOST} "a session is not changed here"\r\n`;
/** With the 500 to a request whose privacy is critical and cannot be had (RFC 3323 section 5). */
export const CRITICAL_PRIVACY = `Warning: 399 ${IM_SERVER_HOST} "a privacy level that is critical is not supported here"\r\n`;
