import { expect } from 'chai';
import { MUTANTS, ON_SERVER } from '../../../../cli/conformance/runtime/mutants.ts';
import { RUNTIME_RULES } from '../../../../cli/conformance/runtime/rules.ts';
import { postgresServer } from '../../../support/postgres.ts';
import { runtimeSelfTest, type SelfTest } from '../../../../cli/conformance/runtime/self-test.ts';

describe('the prober, probed', function () {
  this.timeout(600_000);
  let result: SelfTest;

  before(async () => {
    const server = await postgresServer();
    result = await runtimeSelfTest(undefined, 'url' in server ? server.url : '');
  });

  it('has a mutant for every rule', () => {
    expect(new Set(MUTANTS.map(({ rule }) => rule))).to.deep.equal(
      new Set(RUNTIME_RULES.map(({ id }) => id)),
    );
  });

  for (const { name, rule } of MUTANTS) {
    it(`${rule} finds the module that ${name}`, () => {
      const kill = result.kills.find(({ mutant }) => mutant === name);
      expect(kill?.killed, kill?.found).to.equal(true);
    });
  }

  for (const { name, rule } of ON_SERVER) {
    it(`${rule} finds the module that ${name}, on a real PostgreSQL`, async function () {
      const server = await postgresServer();
      if ('missing' in server) {
        process.stderr.write(`\n      NOT EXAMINED on a real PostgreSQL: ${server.missing}\n`);
        this.skip();
      }
      const kill = result.kills.find(({ mutant }) => mutant === name);
      expect(kill?.found).to.include('permission denied for table pg_authid');
    });
  }

  it('finds nothing in the module that is right', () => {
    const { findings, examined } = result.clean;
    expect(findings).to.deep.equal([]);
    expect(examined).to.include({ modules: 1, routes: 5 });
    expect(examined.probes).to.be.greaterThan(80);
  });
});
