/** What an operator sets on an IM XDMS, and its limits. */

export interface XdmsConfig {
  /** Users 0 ... subscribers-1 exist; a request for another is answered 404. */
  readonly subscribers: number;
  /** The IM Server: it alone may change documents. */
  /** IM Servers of the cluster that keep metadata here. */
  readonly imServers: number;
  /** Address of user 0's client; a user may read her own list from hers. */
  readonly firstClientIp: number;
}

export const XDMS_LIMITS = {
  connections: 65_536,
  /** Octets of one field of an entry, as it stands in the XML. */
  fieldOctets: 4096,
  /** A reply is cut into blocks of about so much. */
  pieceOctets: 65_536,
} as const;
