/**
 * Answers to STUN keep-alives (RFC 5626 section 8): the client is shown whence she is seen. Flows without a binding get none, which tells a
 * client of a restarted Core that she has to register again. Who asks with attributes that are not known is refused with 420.
 *
 * Not modelled: keep-alives over TCP, which are no STUN (section 3.5.1).
 */
import type { Ports } from '../../../sim/host/ports.js';
import { SIP_PORT } from '../../addressing.js';
import type { Devices } from '../../devices.js';
import {
  BINDING_SUCCESS_OCTETS,
  StunFault,
  StunMessage,
  StunType,
  bindingRefused,
  bindingRefusedOctets,
  bindingSuccess,
} from '../../wire/stun/stun.js';
import type { Bindings } from './bindings.js';

export class KeepAlives {
  private readonly stun = new StunMessage();

  constructor(
    private readonly ports: Ports,
    private readonly devices: Devices,
    private readonly bindings: Bindings,
  ) {}

  onDatagram(local: number, fromIp: number, fromPort: number, buf: Buffer, start: number, end: number): void {
    const { stun, ports } = this;
    const sound = stun.parse(buf, start, end);
    if ((!sound && stun.fault !== StunFault.unknownAttribute) || stun.type !== StunType.bindingRequest)
      return;
    const user = this.devices.userOfIp(fromIp);
    if (user < 0 || !this.bindings.hasFlow(user, fromIp, fromPort)) return;
    if (!sound) {
      const refused = bindingRefusedOctets(stun);
      ports.udp.send(local, SIP_PORT, fromIp, fromPort, bindingRefused(ports.octets, stun), refused, 0, 0);
      return;
    }
    const block = bindingSuccess(ports.octets, stun, fromIp, fromPort);
    ports.udp.send(local, SIP_PORT, fromIp, fromPort, block, BINDING_SUCCESS_OCTETS, 0, 0);
  }
}
