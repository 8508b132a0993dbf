import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { generateAssertionKeys } from '../../gateway/assertion/keys.ts';
import { ConfigError, readConfig, type Environment } from '../../gateway/config.ts';
import { projectFile } from '../../policies/root.ts';
import { serve } from '../support/servers.ts';

const CANARY = 'canary-7f3a';

const faultsOf = async (env: Environment): Promise<string[]> => {
  try {
    await readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
};

describe('the environment', () => {
  let good: Record<string, string>;
  before(async () => {
    good = {
      DATABASE_URL: `postgres://kisum:${CANARY}@127.0.0.1:1/kisum`,
      AUTH_ISSUER: 'auth',
      AUTH_AUDIENCE: 'gateway',
      AUTH_URL: 'http://127.0.0.1:3097',
      ASSERTION_KEYS: await generateAssertionKeys(),
    };
  });

  it('needs only what is required, and has the defaults of the contract', async () => {
    const config = await readConfig(good);
    expect(config).to.deep.include({
      HOST: '127.0.0.1',
      PORT: 8080,
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: 9090,
      ACCESS_SOURCE: 'database',
      AUTH_JWKS_URL: 'http://127.0.0.1:3097/.well-known/jwks.json',
      AUTH_ALGORITHMS: ['RS256'],
      UPSTREAMS: {},
      CORS_ORIGINS: [],
      TRUSTED_PROXIES: [],
      LOG_LEVEL: 'info',
    });
    expect(config).to.not.have.any.keys('POLICY_BUNDLE', 'INTERNAL_API_KEY');
  });

  it('takes an empty value for none', async () => {
    const { PORT, CORS_ORIGINS } = await readConfig({ ...good, PORT: '', CORS_ORIGINS: '' });
    expect({ PORT, CORS_ORIGINS }).to.deep.equal({ PORT: 8080, CORS_ORIGINS: [] });
  });

  it('names everything that is missing at once', async () => {
    const faults = await faultsOf({});
    expect(faults.map((fault) => fault.split(' ')[0])).to.have.members([
      'DATABASE_URL',
      'AUTH_ISSUER',
      'AUTH_AUDIENCE',
      'AUTH_JWKS_URL',
      'ASSERTION_KEYS',
    ]);
  });

  it('names everything that is wrong at once, with what is missing', async () => {
    const faults = await faultsOf({
      ...good,
      AUTH_ISSUER: '',
      PORT: 'x',
      LOG_LEVEL: 'loud',
      UPSTREAMS: '[]',
    });
    expect(faults.map((fault) => fault.split(' ')[0])).to.have.members([
      'AUTH_ISSUER',
      'PORT',
      'LOG_LEVEL',
      'UPSTREAMS',
    ]);
  });

  const TAKEN: [key: string, value: string][] = [
    ['PORT', '0'],
    ['DATABASE_URL', 'postgresql://h/d'],
    ['AUTH_ALGORITHMS', 'RS256, ES384,EdDSA'],
    ['UPSTREAMS', '{"finance":"http://127.0.0.1:4001","ai.chat":"https://chat.internal/base"}'],
    ['CORS_ORIGINS', 'https://app.kisum.example, http://localhost:5173'],
    ['TRUSTED_PROXIES', '10.0.0.0/8, 127.0.0.1,::1, fd00::/8'],
    ['ACCESS_MAX_STALENESS_MS', '200'],
    ['DECISION_LOG', '/var/log/kisum/decisions, https://logs.internal/kisum'],
  ];
  for (const [key, value] of TAKEN) {
    it(`${key}=${value} is taken`, async () => {
      expect(await faultsOf({ ...good, [key]: value })).to.deep.equal([]);
    });
  }

  const WRONG: [key: string, value: string][] = [
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '8080.5'],
    ['PORT', '0x10'],
    ['DATABASE_URL', 'mysql://h/d'],
    ['DATABASE_URL', 'somewhere'],
    ['AUTH_URL', 'ftp://auth'],
    ['AUTH_JWKS_URL', 'file:///etc/passwd'],
    ['ACCESS_SOURCE', 'cache'],
    ['AUTH_ALGORITHMS', 'none'],
    ['AUTH_ALGORITHMS', 'HS256'],
    ['AUTH_ALGORITHMS', 'RS256,hs256'],
    ['AUTH_ALGORITHMS', ','],
    ['AUTH_ALGORITHMS', ' '],
    ['UPSTREAMS', 'finance=http://127.0.0.1'],
    ['UPSTREAMS', 'null'],
    ['UPSTREAMS', '{"finance":1}'],
    ['UPSTREAMS', '{"finance":"ftp://x"}'],
    ['UPSTREAMS', '{"__proto__":"x"}'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://app.kisum.example/'],
    ['CORS_ORIGINS', 'https://App.kisum.example'],
    ['CORS_ORIGINS', 'https://*.kisum.example'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', '::::'],
    ['TRUSTED_PROXIES', '999.1.1.1'],
    ['TRUSTED_PROXIES', 'localhost'],
    ['ACCESS_MAX_STALENESS_MS', '60001'],
    ['ACCESS_MAX_STALENESS_MS', '0'],
    ['JWKS_COOLDOWN_MS', '1001'],
    ['LOG_LEVEL', 'INFO'],
    ['POLICY_VERIFY_KEY', 'key'],
    ['POLICY_POLL_MS', '1'],
    ['POLICY_MAX_STALENESS_MS', '0'],
    ['DECISION_LOG', 'stdout'],
    ['DECISION_LOG', ','],
    ['DECISION_LOG', 'ftp://logs'],
    ['DECISION_LOG', `https://kisum:${CANARY}@logs`],
    ['DECISION_LOG', '/var/log/a, /var/log/a'],
    ['DECISION_LOG_KEY', CANARY],
    ['DECISION_LOG_KEY', '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'],
    ['DECISION_LOG_MAX_BYTES', '1024'],
    ['DECISION_LOG_KEEP', '0'],
    ['REQUEST_LOG', 'no'],
    ['REQUEST_LOG', 'off'],
  ];
  for (const [key, value] of WRONG) {
    it(`${key}=${value} is refused by name, and nothing else`, async () => {
      const faults = await faultsOf({ ...good, [key]: value });
      expect(faults).to.have.lengthOf(1);
      expect(faults[0]).to.match(new RegExp(`^${key} must be `));
    });
  }

  describe('ACCESS_SOURCE=auth', () => {
    const asking = { ACCESS_SOURCE: 'auth', INTERNAL_API_KEY: CANARY };

    it('is taken with all that it takes to ask', async () => {
      expect(await readConfig({ ...good, ...asking })).to.include({ ...asking, AUTH_TIMEOUT_MS: 1000 });
    });

    it('names all that is missing for it at once, beside the rest', async () => {
      const faults = await faultsOf({ ...good, AUTH_URL: '', ACCESS_SOURCE: 'auth', PORT: 'x' });
      expect(faults.map((fault) => fault.split(' ')[0])).to.have.members([
        'PORT',
        'AUTH_JWKS_URL',
        'AUTH_URL',
        'INTERNAL_API_KEY',
      ]);
    });

    it('refuses a key that no header can carry, and does not repeat it', async () => {
      const faults = await faultsOf({ ...good, ...asking, INTERNAL_API_KEY: `${CANARY}\n` });
      expect(faults).to.have.lengthOf(1);
      expect(faults[0])
        .to.match(/^INTERNAL_API_KEY must be/)
        .and.not.include(CANARY);
    });

    it('has nothing against a wrong AUTH_URL but what is wrong with it', async () => {
      const faults = await faultsOf({ ...good, ...asking, AUTH_URL: 'ftp://auth' });
      expect(faults).to.have.lengthOf(1);
    });
  });

  it('wants a key for checkpoints that are held outside', async () => {
    const faults = await faultsOf({ ...good, DECISION_LOG: './log', DECISION_LOG_CHECKPOINTS: 'stdout' });
    expect(faults).to.deep.equal([
      'DECISION_LOG_KEY is missing: DECISION_LOG_CHECKPOINTS needs a key that signs',
    ]);
  });

  describe('ASSERTION_KEYS', () => {
    const spoiled = async (change: (key: Record<string, unknown>) => unknown) => {
      const { keys } = JSON.parse(good['ASSERTION_KEYS']!) as { keys: Record<string, unknown>[] };
      return faultsOf({ ...good, ASSERTION_KEYS: JSON.stringify({ keys: [change({ ...keys[0] })] }) });
    };
    const KEYS: Record<string, () => Promise<string[]>> = {
      'not JSON': () => faultsOf({ ...good, ASSERTION_KEYS: CANARY }),
      'no keys': () => faultsOf({ ...good, ASSERTION_KEYS: '{"keys":[]}' }),
      'null for a key': () => spoiled(() => null),
      'a public key': () => spoiled((key) => ({ ...key, d: undefined })),
      'no kid': () => spoiled((key) => ({ ...key, kid: undefined })),
      'an RSA key': () => spoiled((key) => ({ ...key, kty: 'RSA' })),
      'a broken private part': () => spoiled((key) => ({ ...key, d: CANARY })),
    };
    for (const [what, faults] of Object.entries(KEYS)) {
      it(`${what}: refused, and never shown`, async () => {
        const [fault, ...others] = await faults();
        expect(fault).to.match(/^ASSERTION_KEYS must be a JWKS of private Ed25519 keys: /);
        expect(fault).to.not.include(CANARY);
        expect(others).to.deep.equal([]);
      });
    }

    it('two keys of one id: refused', async () => {
      const { keys } = JSON.parse(good['ASSERTION_KEYS']!) as { keys: unknown[] };
      const faults = await faultsOf({
        ...good,
        ASSERTION_KEYS: JSON.stringify({ keys: [...keys, ...keys] }),
      });
      expect(faults[0]).to.match(/two keys have the same "kid"/);
    });
  });

  it('never repeats a secret in a fault', async () => {
    const faults = await faultsOf({
      DATABASE_URL: `mysql://kisum:${CANARY}@h`,
      INTERNAL_API_KEY: CANARY,
      ASSERTION_KEYS: `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","d":"${CANARY}"}]}`,
      UPSTREAMS: `{"finance":"ftp://kisum:${CANARY}@h"}`,
      AUTH_URL: `ftp://kisum:${CANARY}@h`,
    });
    expect(faults.length).to.be.greaterThan(4);
    expect(faults.join('\n')).to.not.include(CANARY);
  });

  describe('gateway/main.ts', () => {
    const run = async (env: Record<string, string>, ...args: string[]) => {
      const child = spawn(process.execPath, ['--import=tsx', projectFile('gateway', 'main.ts'), ...args], {
        cwd: projectFile(),
        env: { PATH: process.env['PATH'], ...env },
      });
      let out = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      child.stderr.on('data', (chunk) => (out += chunk));
      const [code] = (await once(child, 'close')) as [number];
      return { code, out };
    };

    it('--check says that all is well: 0', async () => {
      expect(await run(good, '--check')).to.deep.equal({ code: 0, out: 'the environment is usable\n' });
    });

    it('without its environment names every fault and exits with 2, whatever NODE_ENV is', async () => {
      for (const NODE_ENV of ['production', 'development']) {
        const { code, out } = await run({ NODE_ENV, PORT: 'x' });
        expect(code).to.equal(2);
        expect(out)
          .to.match(/PORT must be/)
          .and.match(/DATABASE_URL is missing/)
          .and.match(/AUTH_ISSUER/);
        expect(out).to.not.match(/\bat .*:\d+:\d+/);
      }
    });

    it('with a port that is taken says which and exits with 5', async () => {
      const other = await serve(() => {});
      const { port } = new URL(other.url);
      try {
        const { code, out } = await run({ ...good, PORT: port, ADMIN_PORT: '0', LOG_LEVEL: 'silent' });
        expect(code).to.equal(5);
        expect(out).to.include(`port ${port}`).and.include('set PORT to another');
        expect(out).to.not.include(CANARY);
      } finally {
        other.close();
      }
    });

    it('with a policy that is refused exits with 4', async () => {
      const { code, out } = await run({ ...good, POLICY_BUNDLE: projectFile('docs'), PORT: '0' });
      expect(code).to.equal(4);
      expect(out).to.match(/policy bundle refused/);
    });
  });
});
