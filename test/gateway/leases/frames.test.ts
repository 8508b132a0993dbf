import { expect } from 'chai';
import fc from 'fast-check';
import { closeFrame, FrameReader } from '../../../gateway/upstream/frames.ts';
import { arbitraryFrames, cutAt, frame } from '../../support/frames.ts';

describe('the ends of WebSocket frames', () => {
  it('are found in whatever pieces the bytes come, in every form of length, masked or not', () => {
    fc.assert(
      fc.property(arbitraryFrames, fc.array(fc.nat()), (frames, cuts) => {
        const reader = new FrameReader();
        const ends = new Set(frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length)).add(0);
        let read = 0;
        for (const piece of cutAt(Buffer.concat(frames), cuts)) {
          reader.skip(piece);
          read += piece.length;
          expect(reader.isBetween, `after ${read} bytes`).to.equal(ends.has(read));
        }
        expect(reader.isBetween).to.equal(true);
      }),
    );
  });

  it('stops at each of them', () => {
    fc.assert(
      fc.property(arbitraryFrames, (frames) => {
        const reader = new FrameReader();
        const bytes = Buffer.concat(frames);
        let at = 0;
        for (const { length } of frames) {
          expect(reader.next(bytes, at)).to.equal(at + length);
          at += length;
        }
      }),
    );
  });

  it('knows a close frame, and no other, from its header on', () => {
    for (let opcode = 0; opcode < 16; opcode += 1) {
      const reader = new FrameReader();
      reader.skip(frame({ opcode, payload: Buffer.from('x') }).subarray(0, 2));
      expect(reader.isClosing, `opcode ${opcode}`).to.equal(opcode === 8);
    }
  });

  it('takes any bytes at all without a fault', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => new FrameReader().skip(bytes)));
  });

  it('a close frame is one frame with code and reason', () => {
    const bytes = closeFrame(1008, 'forbidden: permission_missing');
    const reader = new FrameReader();
    expect(reader.next(bytes)).to.equal(bytes.length);
    expect([reader.isBetween, reader.isClosing]).to.deep.equal([true, true]);
    expect(bytes.readUInt16BE(2)).to.equal(1008);
    expect(bytes.subarray(4).toString()).to.equal('forbidden: permission_missing');
  });
});
