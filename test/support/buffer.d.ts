/**
 * Members of `Buffer` that Node has and its types leave out. In `sim` and `models` they come from `sim/ambient/buffer.d.ts`; the
 * tests are compiled with Node's own types, which lack them.
 */
interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> extends Uint8Array<TArrayBuffer> {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  asciiSlice(start: number, end: number): string;
  latin1Write(text: string, offset: number, length?: number): number;
  utf8Write(text: string, offset: number, length?: number): number;
}
