import { appendFile, rm } from 'node:fs/promises';
import { expect } from 'chai';
import type { Envelope } from '../../cli/outcome.ts';
import { copyCheckout, type Checkout } from '../support/checkout.ts';

describe('kisum-cli check', function () {
  this.timeout(180_000);
  let checkout: Checkout;
  before(async () => (checkout = await copyCheckout()));
  after(() => checkout.remove());

  const json = async (...args: string[]) => {
    const { code, stdout } = await checkout.cli(['check', ...args, '--json']).ended;
    return { code, ...(JSON.parse(stdout) as Envelope) };
  };

  it('ends with 0 on the modules as they are, and says what it examined', async () => {
    const { code, examined, findings } = await json('--all', '--static');
    expect(findings.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
    expect(code).to.equal(0);
    expect(examined['modules']).to.be.greaterThan(8);
    expect(examined).to.include.keys('files', 'routes', 'statements');
  });

  it('passes a system, which has no tables', async () => {
    const { code, examined } = await json('checkout', '--static');
    expect(code).to.equal(0);
    expect(examined).to.include({ modules: 1 }).and.not.have.property('statements');
  });

  const usage: [string, string[], RegExp][] = [
    [
      'an unknown module, with the nearest',
      ['finnance', '--static'],
      /no module finnance \(did you mean finance\?\)/,
    ],
    ['an unknown rule, with the nearest', ['--rule', 'KSM-B00'], /no rule KSM-B00 \(did you mean KSM-/],
    ['an unknown format', ['--format', 'xml'], /--format xml/],
    ['modules and --all', ['finance', '--all'], /not both/],
    ['rules that leave none', ['--rule', 'KSM-B01', '--skip', 'KSM-B01'], /leave no rule/],
  ];
  for (const [what, args, message] of usage) {
    it(`ends with 2 on ${what}`, async () => {
      const { code, errors } = await json(...args);
      expect(code).to.equal(2);
      expect(errors[0]?.message).to.match(message);
    });
  }

  it('reads and probes in one report', async () => {
    const { code, examined, data } = await json('checkout', '--rule', 'KSM-R01', '--rule', 'KSM-P01');
    expect(code).to.equal(0);
    expect(examined).to.include({ modules: 1, routes: 2, probes: 1 }).and.include.keys('files', 'requests');
    expect(data).to.include.keys('matrix', 'notExamined');
  });

  it('proves itself by mutants, as a program can read', async () => {
    const { code, data } = await json('--self-test', '--static');
    const { mutants, killed, clean } = data as { mutants: number; killed: number; clean: boolean };
    expect(code).to.equal(0);
    expect(mutants).to.be.at.least(30).and.equal(killed);
    expect(clean).to.equal(true);
  });

  it('ends with 1 on a fault, at its file, line and column', async () => {
    await appendFile(checkout.file('modules/addons/finance/income.ts'), "\nexport const x = fetch('a');\n");
    const { code, findings } = await json('finance', '--static');
    expect(code).to.equal(1);
    const file = 'modules/addons/finance/income.ts';
    expect(findings.filter(({ severity }) => severity === 'error')).to.have.length(1);
    expect(findings.find(({ rule }) => rule === 'KSM-B04')).to.include({ file, col: 18 });
    const chosen = await json('finance', '--static', '--rule', 'KSM-L01');
    expect(chosen.code, 'with another rule alone').to.equal(0);
  });

  it('starts no module whose manifest is wrong, and says so', async () => {
    await appendFile(checkout.file('modules/addons/finance/module.yaml'), 'extra: true\n');
    const { code, findings, data, examined } = await json('finance');
    expect(code).to.equal(1);
    expect(findings.map(({ rule }) => rule)).to.include('KSM-M01');
    expect((data as { notExamined: object[] }).notExamined).to.deep.equal([
      { what: 'the running modules', why: 'a manifest is wrong' },
    ]);
    expect(examined).to.include({ probes: 0 });
  });

  it('ends with 4 where there is nothing to examine', async () => {
    for (const room of ['modules/base', 'modules/addons', 'systems'])
      await rm(checkout.file(room), { recursive: true });
    const { code, examined } = await json('--all', '--static');
    expect(code).to.equal(4);
    expect(examined).to.deep.equal({ modules: 0 });
  });
});
