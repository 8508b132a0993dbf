import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { Refusal, unavailable } from '../../../gateway/errors.ts';
import { Cut } from '../../../gateway/leases/transfer.ts';
import { closeFrame } from '../../../gateway/upstream/frames.ts';
import { Tunnel } from '../../../gateway/upstream/tunnel.ts';
import { arbitraryFrames, cutAt, frame } from '../../support/frames.ts';
import { until } from '../../support/until.ts';

const REFUSED = new Refusal('forbidden', 'no', { reasons: ['permission_missing'] });
const GOODBYE = closeFrame(1008, 'forbidden: permission_missing');

interface Joined {
  tunnel: Tunnel;
  /** The far ends. */
  client: Socket;
  module: Socket;
  /** The gateway's end towards the client. */
  near: Socket;
  /** All that reached the client so far. */
  received: () => Buffer;
  /** How the client's connection ended: an error code, or `closed`. */
  ended: Promise<string>;
  /** How the tunnel's exchange ended. */
  outcome: Promise<unknown>;
}

describe('a tunnel that is cut', () => {
  const server = createServer({ allowHalfOpen: true });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  async function pair(): Promise<{ far: Socket; near: Socket }> {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [near] = await accepted;
    near.on('error', () => {});
    return { far, near };
  }

  async function join(early: Buffer = Buffer.alloc(0)): Promise<Joined> {
    const { far: client, near } = await pair();
    const { far: module, near: nearModule } = await pair();
    const chunks: Buffer[] = [];
    let code = 'closed';
    module.on('error', () => {});
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    client.on('error', (error: NodeJS.ErrnoException) => (code = error.code!));
    const ended = once(client, 'close').then(
      () => code,
      () => code,
    );
    let tunnel: Tunnel | undefined;
    const outcome = new Promise<void>((resolve, reject) => {
      tunnel = new Tunnel({ client: near, module: nearModule, early, resolve, reject });
    }).catch((error: unknown) => error);
    return { tunnel: tunnel!, client, module, near, received: () => Buffer.concat(chunks), ended, outcome };
  }

  it('says goodbye between two frames, and nothing of the module comes after it', async () => {
    const { tunnel, module, near, received, ended, outcome } = await join();
    const message = frame({ payload: Buffer.from('hello') });
    module.write(message);
    await until(() => received().length === message.length);
    const left = once(module, 'close');
    expect(tunnel.cut(REFUSED)).to.equal(true);
    module.write(message);
    expect(await ended).to.equal('closed');
    expect(received()).to.deep.equal(Buffer.concat([message, GOODBYE]));
    // It is gone because the client went, not because it took too long.
    await until(() => near.destroyed);
    expect(near.readableEnded).to.equal(true);
    const cut = await outcome;
    expect(cut).to.be.instanceOf(Cut).and.include({ kind: 'websocket', refusal: REFUSED });
    await left;
  });

  it('says that it may be tried again where nothing can be determined', async () => {
    const { tunnel, received, ended } = await join();
    tunnel.cut(unavailable('access cannot be determined'));
    await ended;
    expect(received()).to.deep.equal(closeFrame(1013, 'service_unavailable'));
  });

  it('lets a frame under way end first, whatever the pieces it comes in', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryFrames,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.nat(),
        async (frames, cuts, n) => {
          const bytes = Buffer.concat(frames);
          const before = 1 + (n % bytes.length);
          const { tunnel, module, received, ended } = await join(bytes.subarray(0, before));
          tunnel.cut(REFUSED);
          for (const piece of cutAt(bytes.subarray(before), cuts)) module.write(piece);
          await ended;
          let end = 0;
          for (const { length } of frames) if (end < before) end += length;
          expect(received()).to.deep.equal(Buffer.concat([bytes.subarray(0, end), GOODBYE]));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('waits for no frame that does not end, and meanwhile passes on nothing the client says', async () => {
    const { tunnel, client, module, ended, received } = await join(
      frame({ payload: Buffer.alloc(100) }).subarray(0, 50),
    );
    await until(() => received().length === 50);
    let heard = 0;
    module.on('data', () => (heard += 1));
    tunnel.cut(REFUSED);
    client.write('still here');
    expect(await ended).to.equal('ECONNRESET');
    expect(received()).to.have.length(50);
    expect(heard).to.equal(0);
  });

  it('breaks off when the module leaves inside a frame', async () => {
    const { tunnel, module, ended, received } = await join(
      frame({ payload: Buffer.alloc(100) }).subarray(0, 50),
    );
    await until(() => received().length === 50);
    tunnel.cut(REFUSED);
    module.destroy();
    expect(await ended).to.equal('ECONNRESET');
  });

  it("adds nothing behind the module's own goodbye", async () => {
    const own = closeFrame(1000, 'done');
    const { tunnel, received, ended } = await join(own);
    await until(() => received().length === own.length);
    tunnel.cut(REFUSED);
    await ended;
    expect(received()).to.deep.equal(own);
  });

  it('lets go of a client that does not read', async () => {
    const { tunnel, client, module, near } = await join();
    client.pause();
    const message = frame({ payload: Buffer.alloc(60_000) });
    while (near.writableLength === 0) {
      module.write(message);
      await new Promise(setImmediate);
    }
    tunnel.cut(REFUSED);
    await until(() => near.destroyed);
  });

  it('is cut once, and not at all once it is over', async () => {
    const { tunnel, received, ended } = await join();
    tunnel.cut(REFUSED);
    expect(tunnel.cut(REFUSED)).to.equal(true);
    await ended;
    expect(received()).to.deep.equal(GOODBYE);
    const over = await join();
    over.module.end();
    expect(await over.outcome).to.equal(undefined);
    expect(over.tunnel.cut(REFUSED)).to.equal(true);
    await over.ended;
    expect(over.received()).to.have.length(0);
  });

  it('holds a module back for a slow client, as before', async () => {
    const { client, module, near } = await join();
    let seen = 0;
    client.on('data', (chunk: Buffer) => (seen += chunk.length)).pause();
    const size = 20_000_000;
    module.write(Buffer.alloc(size, 0x81));
    await until(() => near.writableLength > 0 && module.writableLength > 0);
    const stuck = module.writableLength;
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(near.writableLength).to.be.lessThan(1_000_000);
    expect(module.writableLength).to.be.within(stuck - 5_000_000, stuck);
    client.resume();
    await until(() => seen === size);
    client.destroy();
  });
});
