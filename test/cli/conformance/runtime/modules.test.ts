import { expect } from 'chai';
import { checkRuntime, type Examination } from '../../../../cli/conformance/runtime/check.ts';
import { RUNTIME_RULES } from '../../../../cli/conformance/runtime/rules.ts';
import { CliError, EXIT } from '../../../../cli/errors.ts';
import { discoverManifests } from '../../../../modules/manifest/discover.ts';
import { routesOf } from '../../../../modules/manifest/derive.ts';
import { conforms } from '../../../support/conforms.ts';
import { postgresServer } from '../../../support/postgres.ts';

describe('the modules of this tree, running', function () {
  this.timeout(600_000);
  let all: Examination;

  before(async () => {
    all = await checkRuntime([]);
  });

  it('break no rule', () => expect(all.findings).to.deep.equal([]));

  it('were all examined: every declared route, against every probe that concerns it', () => {
    const declared = discoverManifests().flatMap(({ manifest }) =>
      routesOf(manifest).map(({ method, path }) => `${method} ${path}`),
    );
    const examined = all.matrix.map(({ route }) => route).filter((route) => !route.startsWith('service '));
    expect(examined.sort()).to.deep.equal(declared.sort());
    // Half of 18 wants a real PostgreSQL: without one it is open, which is no pass.
    const ends = (id: string) => (id === 'KSM-P18' ? ['pass', 'open'] : ['pass']);
    for (const { id } of RUNTIME_RULES) {
      const cells = all.matrix.map(({ cells: its }) => its[id]!);
      expect(cells, id).to.satisfy((its: string[]) => its.some((cell) => ends(id).includes(cell)));
    }
  });

  it('are told apart from what is not there', async () => {
    const refused = await checkRuntime(['nothing']).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(CliError).with.property('exitCode', EXIT.usage);
  });
});

describe('a module on a real PostgreSQL', function () {
  this.timeout(300_000);

  it('keeps to its own tables, and that is examined there', async function () {
    const server = await postgresServer();
    if ('missing' in server) {
      process.stderr.write(`\n      NOT EXAMINED on a real PostgreSQL: ${server.missing}\n`);
      this.skip();
    }
    const { findings, matrix, notExamined } = await checkRuntime(['promoter'], { databaseUrl: server.url });
    expect(findings).to.deep.equal([]);
    expect(matrix.at(-1)?.cells['KSM-P18']).to.equal('pass');
    expect(notExamined).to.deep.equal([]);
  });
});

describe('conforms', function () {
  this.timeout(120_000);

  it('is one line in a module’s own test', () => conforms('checkout'));
});
