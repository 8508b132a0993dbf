import { expect } from 'chai';
import { ConfigError, KEYS, readConfig } from '../../modules/config.ts';
import { loadModule } from '../../modules/load.ts';

const RIGHT = {
  PORT: '0',
  DATABASE_URL: 'postgres://127.0.0.1/kisum',
  GATEWAY_URL: 'http://127.0.0.1:8080/',
  AUTH_URL: 'http://127.0.0.1:3097',
  AUTH_ISSUER: 'https://auth.test',
  AUTH_AUDIENCE: 'kisum',
  MODULE_SECRET: 'a'.repeat(64),
};

describe('the environment of one module', () => {
  it('is read with its defaults', () => {
    const config = readConfig(['finance'], RIGHT);
    expect(config).to.deep.include({
      service: 'finance',
      host: '127.0.0.1',
      port: 0,
      gatewayUrl: 'http://127.0.0.1:8080',
    });
    expect(config.auth).not.to.have.property('jwksUrl');
  });

  it('is refused with every fault at once', () => {
    const needed = Object.entries(KEYS).flatMap(([name, key]) => (key.default === undefined ? name : []));
    expect(needed).to.have.length.above(5);
    const refused = expect(() => readConfig([], { LOG_LEVEL: 'loud' }))
      .to.throw(ConfigError)
      .with.property('message');
    for (const name of [...needed, 'LOG_LEVEL is not valid', 'no module named']) refused.that.includes(name);
  });
});

describe('the backends of the tree', () => {
  it('are found by their key, and what has none has none', async () => {
    for (const key of ['promoter', 'finance', 'checkout']) {
      expect((await loadModule(key))?.manifest.key).to.equal(key);
    }
    expect(await loadModule('finance.nobody')).to.equal(undefined);
    expect(await loadModule('nobody')).to.equal(undefined);
  });
});
