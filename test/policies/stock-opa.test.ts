import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ENTRYPOINTS } from '../../policies/engine/entrypoints.ts';
import { freePort } from '../../cli/conformance/runtime/service/free-port.ts';
import { corruptions, signedBundle, type SignedBundle } from '../support/corruptions.ts';
import { until } from '../support/until.ts';
import { withCompiler } from './compiler.ts';
import { goldenCases, goldenCatalog } from './golden.ts';

const cases = [...goldenCases().values()].flat();

describe('a stock OPA server', function () {
  const compiler = withCompiler(this);
  let folder: string;
  let good: SignedBundle;
  let server: ChildProcess | undefined;
  let url: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kisum-stock-'));
    good = await signedBundle();
    await writeFile(join(folder, 'verify.pem'), good.verifyPem);
  });
  afterEach(() => server?.kill());
  after(() => rm(folder, { recursive: true }));

  it('takes the signed bundle, and answers the golden cases the same over HTTP', async () => {
    const program = await start('bundle.tar.gz', good.archive);
    await until(() => program.exitCode !== null || isUp());
    expect((await put('/v1/data/catalog', goldenCatalog())).status).to.equal(204);
    const answers = await Promise.all(
      cases.map(({ entrypoint, input }) => ask(`/v1/data/${ENTRYPOINTS[entrypoint]}`, input)),
    );
    expect(answers).to.deep.equal(cases.map(({ expected }) => expected));
    expect(answers.length).to.be.greaterThan(50);
  });

  it('refuses what is wrongly signed, as we do', async () => {
    const names = [
      'unsigned',
      'by another key',
      'by whoever has the public key (HS256)',
      'over all files but one',
      'with the signature of another bundle',
      'one bit of .manifest turned',
      'one bit of kisum/call/call.rego turned',
    ];
    const wrong = (await corruptions(good)).filter(({ name }) => names.includes(name));
    expect(wrong.length).to.equal(names.length);
    for (const { name, archive } of wrong) {
      const program = await start('wrong.tar.gz', archive);
      const [code] = (await once(program, 'close')) as [number];
      expect(code, name).to.equal(1);
    }
  });

  async function start(name: string, archive: Uint8Array): Promise<ChildProcess> {
    const file = join(folder, name);
    await writeFile(file, archive);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const verified = ['--verification-key', join(folder, 'verify.pem'), '--signing-alg', 'ES256'];
    const args = ['run', '--server', '--addr', `127.0.0.1:${port}`, '--log-level', 'error'];
    server = spawn(compiler.opa, [...args, '--skip-version-check', ...verified, '--bundle', file], {
      cwd: folder,
      stdio: 'ignore',
    });
    return server;
  }

  async function isUp(): Promise<boolean> {
    return fetch(`${url}/health?bundles`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  function put(path: string, body: unknown): Promise<Response> {
    return fetch(url + path, { method: 'PUT', body: JSON.stringify(body) });
  }

  async function ask(path: string, input: unknown): Promise<unknown> {
    const response = await fetch(url + path, { method: 'POST', body: JSON.stringify({ input }) });
    return ((await response.json()) as { result: unknown }).result;
  }
});
