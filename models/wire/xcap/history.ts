/**
 * The documents of the deferred-list application usage (rules 2.5): AUID, media types, namespace, and the fields of an entry.
 *
 *     <history-list xmlns="urn:oma:xml:im:history-list">
 *       <history history-reference="...">size expiry subject date <pager>time-stamp from to auth-id</pager></history>
 *     </history-list>
 *
 * Both modes use `pager`: it alone has from and to. Not modelled: `conference`, lists of recipients, extension elements.
 */
export const DEFERRED_LIST_AUID = 'org.openmobilealliance.deferred-list';
export const DEFERRED_LIST_DOCUMENT = 'deferred-list';
export const DEFERRED_LIST_TYPE = 'application/vnd.oma.im.deferred-list+xml';
/** Media type of an element that is put or fetched (RFC 4825 section 15.2.1), and of an attribute. */
export const ELEMENT_TYPE = 'application/xcap-el+xml';
export const ATTRIBUTE_TYPE = 'application/xcap-att+xml';
export const HISTORY_NAMESPACE = 'urn:oma:xml:im:history-list';
export const LIST_ELEMENT = 'history-list';
export const ENTRY_ELEMENT = 'history';
export const PAGER_ELEMENT = 'pager';
export const REFERENCE_ATTRIBUTE = 'history-reference';

/** Fields of an entry, in the order in which they are written. The reference is the attribute, the others are elements. */
export const HistoryField = {
  reference: 0,
  size: 1,
  expiry: 2,
  subject: 3,
  date: 4,
  timeStamp: 5,
  from: 6,
  to: 7,
  authId: 8,
} as const;
export type HistoryField = (typeof HistoryField)[keyof typeof HistoryField];

export const HISTORY_FIELDS = 9;
/** Fields from here on stand inside `pager`. */
export const FIRST_PAGER_FIELD = HistoryField.timeStamp;
/** Element names by field. */
export const FIELD_NAMES = [
  REFERENCE_ATTRIBUTE,
  'size',
  'expiry',
  'subject',
  'date',
  'time-stamp',
  'from',
  'to',
  'auth-id',
] as const;
