/** A capture as a watcher: the packets of a run as octets of a pcapng file, with the faults of the plan as comments. */
import { Capture } from '../../sim/capture/capture.js';
import type { OctetSink } from '../../sim/capture/pcapng.js';
import type { World } from '../../sim/world.js';
import type { Watcher } from './watcher.js';

/** The octets go to `sink` in pieces, while the run goes on. `application` names the program in the file. */
export function captureWatcher(sink: OctetSink, application: string): Watcher {
  let capture: Capture | undefined;
  return {
    attach(world, cell) {
      capture = new Capture({
        sink,
        clock: world.kernel,
        epochMs: Date.parse(cell.scenario.epoch),
        application,
        faults: (fromIp, toIp) => faultsBetween(world, fromIp, toIp),
      });
      capture.watch(world.observations);
    },
    finish() {
      capture?.finish();
    },
  };
}

/** Words for the faults in force on the hosts of either address, such as `fault 0 partition of clients`; '' without one. */
function faultsBetween({ plan, hosts, kernel }: World, fromIp: number, toIp: number): string {
  const words: string[] = [];
  plan.forEach((fault, place) => {
    if (kernel.nowNs < fault.atNs || kernel.nowNs > fault.atNs + (fault.forNs ?? Infinity)) return;
    const firstIp = hosts.find(({ name }) => name === fault.host)?.firstIp ?? 0;
    const hit = (ip: number): boolean => fault.members.includes(ip - firstIp);
    if (hit(fromIp) || hit(toIp)) words.push(`fault ${place} ${fault.kind} of ${fault.host}`);
  });
  return words.join(', ');
}
