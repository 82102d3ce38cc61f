/** A reader of pcapng for tests, written against the specification: packets with their interface, instant and comment. */

export interface CapturedPacket {
  /** Name of the interface. */
  readonly lane: string;
  readonly timeNs: bigint;
  readonly octets: Buffer;
  readonly comment: string;
}

/** Text of the option `code` between `at` and `end`; '' if it is not there. */
function option(file: Buffer, at: number, end: number, code: number): string {
  for (let i = at; i + 4 <= end;) {
    const length = file.readUInt16LE(i + 2);
    if (file.readUInt16LE(i) === code) return file.toString('utf8', i + 4, i + 4 + length);
    i += 4 + Math.ceil(length / 4) * 4;
  }
  return '';
}

/** All packets of a little-endian file with one section. Throws if a block's two lengths differ. */
export function readPcapng(file: Buffer): CapturedPacket[] {
  const lanes: string[] = [];
  const packets: CapturedPacket[] = [];
  for (let at = 0; at < file.length;) {
    const type = file.readUInt32LE(at);
    const total = file.readUInt32LE(at + 4);
    const end = at + total - 4;
    if (file.readUInt32LE(end) !== total) throw new Error(`block at ${at}: its lengths differ`);
    if (type === 1) lanes.push(option(file, at + 16, end, 2));
    else if (type === 6) {
      const length = file.readUInt32LE(at + 20);
      const timeNs = (BigInt(file.readUInt32LE(at + 12)) << 32n) + BigInt(file.readUInt32LE(at + 16));
      const octets = file.subarray(at + 28, at + 28 + length);
      const comment = option(file, at + 28 + Math.ceil(length / 4) * 4, end, 1);
      packets.push({ lane: lanes[file.readUInt32LE(at + 8)], timeNs, octets, comment });
    }
    at += total;
  }
  return packets;
}
