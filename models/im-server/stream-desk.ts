/**
 * Whose a TCP connection of the IM Server is: its own towards the IM XDMS, that of a user who fetches, SIP, or MSRP. Each of them
 * knows its connections; what nobody else knows is MSRP.
 */
import type { Conn, TcpEnd } from '../../sim/host/ports.js';
import { HTTP_PORT } from '../addressing.js';
import type { MsrpDriver } from '../msrp/driver.js';
import type { SipEndpoint } from '../sip/endpoint.js';
import type { DeferredAccess } from './deferred-access.js';
import type { MetadataKeeper } from './metadata/metadata.js';

export class StreamDesk {
  constructor(
    private readonly metadata: MetadataKeeper | undefined,
    private readonly access: DeferredAccess,
    private readonly endpoint: SipEndpoint,
    private readonly msrp: MsrpDriver,
  ) {}

  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): void {
    if (port === HTTP_PORT) this.access.onTcpAccepted(conn, fromIp);
    else if (!this.endpoint.onTcpAccepted(conn, local, port, fromIp, fromPort)) this.msrp.onTcpAccepted(conn);
  }

  onTcpConnected(conn: Conn): void {
    if (this.metadata?.owns(conn) === true) this.metadata.onTcpConnected(conn);
    else if (!this.endpoint.onTcpConnected(conn)) this.msrp.onTcpConnected(conn);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    if (this.metadata?.owns(conn) === true) this.metadata.onTcpData(conn, buf, start, end);
    else if (this.access.owns(conn)) this.access.onTcpData(conn, buf, start, end);
    else if (!this.endpoint.onTcpData(conn, buf, start, end)) this.msrp.onTcpData(conn, buf, start, end);
  }

  onTcpWritable(conn: Conn): void {
    if (this.metadata?.owns(conn) === true) this.metadata.onTcpWritable(conn);
    else if (this.access.owns(conn)) this.access.onTcpWritable(conn);
    else if (!this.endpoint.onTcpWritable(conn)) this.msrp.onTcpWritable(conn);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    if (this.metadata?.owns(conn) === true) this.metadata.onTcpClosed(conn, end);
    else if (this.access.owns(conn)) this.access.onTcpClosed(conn, end);
    else if (!this.endpoint.onTcpClosed(conn, end)) this.msrp.onTcpClosed(conn, end);
  }
}
