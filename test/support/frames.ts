import fc from 'fast-check';

export interface FrameOptions {
  payload: Uint8Array;
  opcode?: number;
  fin?: boolean;
  masked?: boolean;
  /** Bytes of the length beyond the shortest form; RFC 6455 wants the shortest, a reader must cope. */
  form?: 0 | 2 | 8;
}

/** One WebSocket frame, RFC 6455 §5.2. */
export function frame({ payload, opcode = 2, fin = true, masked = false, form }: FrameOptions): Buffer {
  const size = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const bytes = Math.max(form ?? 0, size);
  const length = Buffer.alloc(bytes);
  if (bytes === 2) length.writeUInt16BE(payload.length);
  if (bytes === 8) length.writeBigUInt64BE(BigInt(payload.length));
  const short = bytes === 0 ? payload.length : bytes === 2 ? 126 : 127;
  const head = Buffer.from([(fin ? 0x80 : 0) | opcode, (masked ? 0x80 : 0) | short]);
  return Buffer.concat([head, length, Buffer.from(masked ? [0, 0, 0, 0] : []), payload]);
}

/** Frames of data, fragments and control, as a module may send them; none of them closes. */
export const arbitraryFrames: fc.Arbitrary<Buffer[]> = fc.array(
  fc
    .record({
      opcode: fc.constantFrom(0, 1, 2, 9, 10),
      fin: fc.boolean(),
      masked: fc.boolean(),
      form: fc.constantFrom(0 as const, 2 as const, 8 as const),
      length: fc.oneof(fc.nat(8), fc.constantFrom(0, 125, 126, 127, 65_535, 65_536)),
    })
    .map(({ length, ...options }) => frame({ payload: Buffer.alloc(length, 0x81), ...options })),
  { minLength: 1, maxLength: 6 },
);

/** The bytes in pieces; `cuts` say where, in any order. */
export function cutAt(bytes: Buffer, cuts: number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}
