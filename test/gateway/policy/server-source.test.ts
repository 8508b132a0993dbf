import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { RequestListener } from 'node:http';
import { packArchive } from '../../../policies/engine/archive.ts';
import { LIMITS } from '../../../policies/engine/archive-files.ts';
import { ServerSource } from '../../../gateway/policy/server-source.ts';
import { policyMarked, revisionIn, serveBundle, type BundleServer } from '../../support/policies.ts';
import { serve } from '../../support/servers.ts';

describe('a policy on a bundle server', () => {
  let server: BundleServer;
  let revision: string;
  before(async () => {
    const files = await policyMarked('served');
    revision = revisionIn(files);
    server = await serveBundle(await packArchive(files));
  });
  beforeEach(() => {
    server.answer = undefined;
    server.asked.length = 0;
  });
  after(() => server.close());

  const source = (timeoutMs?: number) => new ServerSource(`${server.url}/b.tar.gz?token=canary`, timeoutMs);
  const refusal = async (answer: RequestListener, timeoutMs?: number, tag?: string) => {
    server.answer = answer;
    const error = await source(timeoutMs)
      .read(tag)
      .then(
        () => undefined,
        (thrown: Error) => thrown,
      );
    if (!error) throw new Error('it was taken');
    expect(`${error.message} ${String(error.cause)}`).to.not.include('canary');
    return error;
  };

  it('is asked with the tag of what is in force, and not sent again', async () => {
    const found = await source().read(undefined);
    if (found === 'unchanged') throw new Error('nothing was read');
    expect(revisionIn(found.files)).to.equal(revision);
    expect(await source().read(found.tag)).to.equal('unchanged');
    expect(server.asked).to.deep.equal(['', found.tag]);
    expect(await source().read('"another"')).to.have.property('files');
  });

  it('without an ETag, or with one that nobody would send back, it is read again each time', async () => {
    for (const etag of [{}, { etag: `"${'x'.repeat(2000)}"` }]) {
      server.answer = (_, res) => res.writeHead(200, etag).end(server.archive);
      expect(await source().read(undefined)).to.have.keys('files');
    }
  });

  it('"not modified" to nobody who asked for it is an error', async () => {
    expect((await refusal((_, res) => res.writeHead(304).end())).message).to.match(/answered 304/);
  });

  for (const status of [204, 401, 404, 500, 503]) {
    it(`${status} is an error`, async () => {
      const { message } = await refusal((_, res) => res.writeHead(status).end('<html>'));
      expect(message).to.equal(`${server.url}/b.tar.gz answered ${status}`);
    });
  }

  it('is not followed to another address', async () => {
    let followed = 0;
    const elsewhere = await serve((_, res) => {
      followed += 1;
      res.end(server.archive);
    });
    const { message } = await refusal((_, res) => res.writeHead(302, { location: elsewhere.url }).end());
    elsewhere.close();
    expect(message).to.match(/answered 302/);
    expect(followed).to.equal(0);
  });

  it('a page in its place is refused', async () => {
    const page: RequestListener = (_, res) =>
      res.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in');
    expect((await refusal(page)).message).to.match(/policy bundle refused: .*gzip/);
  });

  it('more than a bundle may have is not read to its end, with a length or without', async () => {
    const tooMuch = randomBytes(LIMITS.archiveBytes + 1);
    const whole: RequestListener = (_, res) => res.writeHead(200).end(tooMuch);
    const endless: RequestListener = (_, res) => {
      res.writeHead(200);
      const more = () => {
        while (!res.destroyed && res.write(tooMuch));
      };
      res.on('drain', more);
      more();
    };
    for (const answer of [whole, endless]) expect((await refusal(answer)).message).to.match(/sent more than/);
  });

  const SLOW: Record<string, RequestListener> = {
    'that never answers': () => {},
    'that begins and hangs': (_, res) => void res.writeHead(200).write(server.archive.subarray(0, 100)),
    'that sends byte by byte': (_, res) => {
      res.writeHead(200);
      const dripping = setInterval(() => res.write('x'), 5);
      res.on('close', () => clearInterval(dripping));
    },
    'that refuses slowly': (_, res) => void res.writeHead(500).write('x'),
  };
  for (const [what, answer] of Object.entries(SLOW)) {
    it(`one ${what} is given up`, async () => {
      expect(String(await refusal(answer, 60))).to.match(/TimeoutError|AbortError|answered 500/);
    });
  }

  it('one that hangs up in the middle is an error', async () => {
    await refusal((_, res) => {
      res.writeHead(200, { 'content-length': server.archive.length });
      res.write(server.archive.subarray(0, 1000), () => res.destroy());
    });
    await refusal((req) => req.socket.destroy());
  });

  it('one that is down is an error', async () => {
    const gone = await serve(() => {});
    gone.close();
    const error = await new ServerSource(gone.url).read(undefined).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error);
  });
});
