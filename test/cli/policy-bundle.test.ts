import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { policy as makeKeys } from '../../cli/commands/keys.ts';
import { inspect, sign, verify } from '../../cli/commands/policy-bundle.ts';
import { EXIT } from '../../cli/errors.ts';
import type { Envelope } from '../../cli/outcome.ts';
import { runCli } from '../support/cli.ts';

describe('policy sign, verify and inspect', function () {
  this.timeout(60_000);
  let folder: string;
  const file = (name: string) => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-policy-'));
    await makeKeys(folder);
    await sign({ key: file('policy-signing.pem'), out: file('bundle.tar.gz'), keyid: 'ours' });
  });
  after(() => rm(folder, { recursive: true }));

  it('keys policy makes a pair, the private half for its owner alone, and replaces none', async () => {
    expect((await stat(file('policy-signing.pem'))).mode & 0o777).to.equal(0o600);
    expect(await readFile(file('policy-verify.pem'), 'utf8')).to.match(/^-----BEGIN PUBLIC KEY-----/);
    const failure: unknown = await makeKeys(folder).catch((error: unknown) => error);
    expect(failure).to.have.property('exitCode', EXIT.conflict);
  });

  it('verify holds what was signed against the key, and nothing else', async () => {
    const holds = await verify(file('bundle.tar.gz'), { key: file('policy-verify.pem') });
    expect(holds)
      .to.have.property('text')
      .that.matches(/^holds: revision [0-9a-f]{12}, signed by ours at 20/);
    expect(holds.exitCode ?? EXIT.ok).to.equal(EXIT.ok);
    for (const [place, key, why] of [
      [file('bundle.tar.gz'), undefined, 'set POLICY_VERIFY_KEY'],
      [undefined, file('policy-verify.pem'), 'it is not signed'],
      [file('policy-verify.pem'), undefined, 'not whole gzip'],
    ] as const) {
      const refused = await verify(place, key === undefined ? {} : { key });
      expect(refused.exitCode).to.equal(EXIT.findings);
      expect(refused.text).to.include(why);
    }
    expect((await verify(undefined, {})).text).to.match(/^holds: revision [0-9a-f]{12}, not signed$/);
  });

  it('inspect tells what stands in it', async () => {
    const { text, examined } = await inspect(file('bundle.tar.gz'));
    expect(text)
      .to.match(/signature +signed by ours at .* \(not verified\)/)
      .and.match(/file +policy\.wasm \(\d+ bytes\)/)
      .and.match(/entrypoint +kisum\/decision\/decision/);
    expect(examined?.files).to.be.greaterThan(10);
    expect((await inspect(file('policy-verify.pem'))).exitCode).to.equal(EXIT.findings);
  });

  it('what is in the way ends with 4', async () => {
    await writeFile(file('no-key.pem'), 'none');
    const key = file('no-key.pem');
    const rightKey = file('policy-signing.pem');
    for (const work of [
      () => verify(undefined, { key }),
      () => verify(undefined, { key: file('nowhere.pem') }),
      () => sign({ key, out: file('out.tar.gz') }),
      () => sign({ key: rightKey, out: file('out.tar.gz'), bundle: file('policy-verify.pem') }),
      () => sign({ key: rightKey, out: file('no/such/folder.tar.gz') }),
    ]) {
      expect(await work().catch((error: unknown) => error)).to.have.property('exitCode', EXIT.precondition);
    }
  });

  it('from the command line: exit 0 where it holds, 1 where it is refused', async () => {
    const place = file('bundle.tar.gz');
    const env = { POLICY_VERIFY_KEY: file('policy-verify.pem') };
    const [holds, refused] = await Promise.all([
      runCli(['policy', 'verify', place, '--json'], env).ended,
      runCli(['policy', 'verify', place]).ended,
    ]);
    expect(holds.code, holds.stderr).to.equal(EXIT.ok);
    expect((JSON.parse(holds.stdout) as Envelope).data).to.have.nested.property('signed.keyid', 'ours');
    expect(refused.code).to.equal(EXIT.findings);
    expect(refused.stdout).to.match(/^policy bundle refused: it is signed, and no key/);
  });
});
