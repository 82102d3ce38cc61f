/**
 * Where the message in hand came from. As `SipEndpoint.arrival`, but also true for work that waited for the CPU.
 */
import type { Conn } from '../../sim/host/ports.js';
import type { Leg } from '../sip/legs.js';

export class Source {
  ip = 0;
  port = 0;
  /** 0 for UDP. */
  conn: Conn = 0;
  leg: Leg = 0;
}
