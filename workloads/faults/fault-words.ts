/** A fault in words, for capsules, shrinking and plans. */
import type { Fault } from './faults-schema.js';
import { durationText } from '../scenario/units.js';

const MOST_STRETCHES = 16;

/** A fault in words, such as `partition of clients 3, 5 from 14s on, for 12s`. */
export function faultInWords(fault: Fault): string {
  const { kind, target, members, mode, value, direction } = fault;
  const count = value === undefined ? '' : ` ${value}`;
  const some =
    members === undefined ? (mode === 'all' ? '' : ` (${mode}${count})`) : ` ${membersText(members)}`;
  const way = direction === 'both' ? '' : `, ${direction === 'out' ? 'outwards' : 'inwards'} only`;
  const lasts = fault.for === undefined ? ', to the healing' : `, for ${durationText(fault.for)}`;
  const whom = target === 'clients' && members?.length === 1 ? 'client' : target;
  return `${kind}${parameterWords(fault)} of ${whom}${some}${way} from ${durationText(fault.at)} on${lasts}`;
}

function parameterWords(fault: Fault): string {
  switch (fault.kind) {
    case 'loss':
    case 'duplicate':
    case 'storage-error':
      return fault.percent === undefined ? ' in bursts' : ` of ${percentText(fault.percent)}`;
    case 'corrupt':
      return ` of ${percentText(fault.percent)}${fault.escape ? ' that no checksum shows' : ''}`;
    case 'delay':
      return ` of ${durationText(fault.time)}${fault.jitter === 0 ? '' : ` and ${durationText(fault.jitter)} of jitter`}`;
    case 'rate':
      return ` to ${fault.rate / 1000} kbit/s`;
    case 'partition':
      return fault.spread === 0 ? '' : ` spread over ${durationText(fault.spread)}`;
    case 'slow-close':
    case 'storage-latency':
      return ` of ${durationText(fault.delay)}`;
    case 'slowdown':
      return ` ${fault.factor} times`;
    case 'clock-skew':
      return ` of ${skewText(fault.offset, fault.drift)}`;
    case 'limit-data':
      return ` after ${fault.bytes} octets`;
    case 'slicer':
      return ` to ${fault.size} octets`;
    case 'crash':
      return ` (${fault.what})`;
    case 'drop':
      return fault.ordinal === 0 ? ' of the next packet' : ` of the next packet but ${fault.ordinal}`;
    default:
      return '';
  }
}

/** Members, ascending; three and more in a row as `3 to 7`, and of a long list its beginning and its end. */
function membersText(members: readonly number[]): string {
  const stretches: string[] = [];
  for (let first = 0; first < members.length;) {
    let last = first;
    while (members[last + 1] === (members[last] ?? 0) + 1) last++;
    if (last < first + 2) last = first;
    stretches.push(last === first ? `${members[first]}` : `${members[first]} to ${members[last]}`);
    first = last + 1;
  }
  if (stretches.length <= MOST_STRETCHES) return stretches.join(', ');
  const shown = stretches.slice(0, MOST_STRETCHES - 1).join(', ');
  return `${shown}, ... ${stretches.at(-1)} (${members.length} of them)`;
}

function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function skewText(offsetNs: number, driftPpm: number): string {
  const offset = `${offsetNs < 0 ? '-' : ''}${durationText(Math.abs(offsetNs))}`;
  if (driftPpm === 0) return offset;
  return offsetNs === 0 ? `${driftPpm} ppm` : `${offset} and ${driftPpm} ppm`;
}
