/**
 * The one Node type that `sim` and `models` may see: `Buffer`, reduced to the members that are used.
 *
 * Everything else of Node (timers, `process`, `node:*`) is invisible to the compiler in these two rooms, so that a host
 * timer or a file access does not even compile there (`docs/architecture.md`, "Rooms").
 */
interface Buffer extends Uint8Array {
  toString(encoding?: 'latin1' | 'utf8' | 'ascii' | 'hex', start?: number, end?: number): string;
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  asciiSlice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length?: number): number;
  utf8Write(text: string, offset: number, length?: number): number;
  write(text: string, offset: number, encoding: 'latin1' | 'utf8' | 'ascii'): number;
  copy(target: Uint8Array, targetStart: number, sourceStart: number, sourceEnd: number): number;
  compare(target: Uint8Array, ts: number, te: number, ss: number, se: number): -1 | 0 | 1;
  equals(other: Uint8Array): boolean;
  indexOf(value: number | string | Uint8Array, offset?: number, encoding?: 'latin1'): number;
  lastIndexOf(value: number | string | Uint8Array, offset?: number, encoding?: 'latin1'): number;
  subarray(start?: number, end?: number): Buffer;
  readUInt16BE(offset: number): number;
  readUInt32BE(offset: number): number;
  readInt32LE(offset: number): number;
  readDoubleLE(offset: number): number;
  writeUInt16BE(value: number, offset: number): number;
  writeUInt32BE(value: number, offset: number): number;
  writeInt32LE(value: number, offset: number): number;
  writeDoubleLE(value: number, offset: number): number;
}

interface BufferConstructor {
  from(text: string, encoding?: 'latin1' | 'utf8' | 'ascii' | 'hex'): Buffer;
  from(octets: ArrayLike<number>): Buffer;
  from(arrayBuffer: ArrayBuffer, byteOffset?: number, length?: number): Buffer;
  alloc(size: number): Buffer;
  byteLength(text: string, encoding?: 'latin1' | 'utf8'): number;
  concat(list: readonly Uint8Array[]): Buffer;
}

declare const Buffer: BufferConstructor;
