import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { report, type Report } from '../../../cli/conformance/report.ts';
import type { Rule } from '../../../cli/conformance/rule.ts';
import type { Finding } from '../../../cli/outcome.ts';
import { validSarif } from './sarif-schema.ts';

const rule = (id: string): Rule => ({
  id,
  kind: 'static',
  severity: 'error',
  title: `${id} holds`,
  why: 'else it breaks',
  fix: 'mend it',
});

const finding = (over: Partial<Finding> = {}): Finding => ({
  rule: 'KSM-R01',
  severity: 'error',
  module: 'finance',
  file: 'modules/addons/finance/a b.ts',
  line: 3,
  col: 7,
  message: 'it is broken',
  fix: 'mend it',
  ...over,
});

const given = (findings: Finding[], over: Partial<Report> = {}): Report => ({
  title: 'kisum-cli check',
  findings,
  rules: [rule('KSM-R01'), rule('KSM-R02')],
  modules: ['finance', 'venue'],
  examined: { modules: 2, files: 9 },
  ...over,
});

const hostile = finding({ message: '100% <b>"wrong"</b>\r\n::set-env::x\u0007', file: 'a:b,c%.ts' });

describe('a report', () => {
  const codes: [string, Report, number][] = [
    ['without findings ends with 0', given([]), 0],
    ['with warnings alone ends with 0', given([finding({ severity: 'warn' })]), 0],
    ['with an error ends with 1', given([finding({ severity: 'warn' }), finding()]), 1],
    ['that examined nothing ends with 4', given([], { examined: {} }), 4],
    ['that examined none of one kind ends with 4', given([], { examined: { modules: 2, files: 0 } }), 4],
    ['with an error ends with 1 even when some kind is 0', given([finding()], { examined: { files: 0 } }), 1],
  ];
  for (const [what, input, code] of codes)
    it(what, () => expect(report('pretty', input).exitCode).to.equal(code));

  it('is the same whatever order the findings came in', () => {
    const findings = [
      finding({ line: 20 }),
      finding({ line: 3 }),
      finding({ module: 'ai' }),
      finding({ rule: 'KSM-R02' }),
    ];
    for (const format of ['pretty', 'sarif', 'junit', 'github'] as const) {
      const one = report(format, given(findings));
      const other = report(format, given(findings.toReversed()));
      expect(one, format).to.deep.equal(other);
    }
  });

  it('gives equal faults different fingerprints, which survive a moved line', () => {
    const two = report('pretty', given([finding({ line: 1 }), finding({ line: 2 })])).findings!;
    expect(two[0]!.fingerprint).to.not.equal(two[1]!.fingerprint);
    const moved = report('pretty', given([finding({ line: 50 })])).findings!;
    expect(moved[0]!.fingerprint).to.equal(two[0]!.fingerprint);
  });
});

describe('the pretty format', () => {
  const text = (input: Report) => stripVTControlCharacters(report('pretty', input).text);

  it('groups by module and file, and says what to do', () => {
    expect(text(given([finding(), finding({ module: 'ai', file: 'modules/addons/ai/x.ts' })]))).to.equal(
      [
        'ai',
        '  modules/addons/ai/x.ts',
        '    3:7  error  KSM-R01  it is broken',
        '         fix: mend it',
        '',
        'finance',
        '  modules/addons/finance/a b.ts',
        '    3:7  error  KSM-R01  it is broken',
        '         fix: mend it',
        '',
        'kisum-cli check: 2 errors; examined 2 modules, 9 files',
      ].join('\n'),
    );
  });

  it('names what was not examined', () => {
    const notExamined = [{ what: 'big.ts', why: 'over 1 MB' }];
    expect(text(given([], { notExamined })))
      .to.include('  big.ts: over 1 MB')
      .and.include('not examined: 1');
  });

  it('never calls nothing a pass', () => {
    expect(text(given([], { examined: {} }))).to.include('Nothing passes that was not examined');
  });
});

describe('the github format', () => {
  it('is one command per finding, with nothing to break out of it', () => {
    const lines = report('github', given([hostile])).text.split('\n');
    expect(lines).to.have.length(2);
    expect(lines[0]).to.equal(
      '::error file=a%3Ab%2Cc%25.ts,line=3,col=7,title=KSM-R01 (finance)::' +
        '100%25 <b>"wrong"</b>%0D%0A::set-env::x\u0007%0Afix: mend it',
    );
  });

  it('says warning for a warning and for what was not examined', () => {
    const notExamined = [{ what: 'big.ts', why: 'over 1 MB' }];
    const { text } = report('github', given([finding({ severity: 'warn' })], { notExamined }));
    expect(text).to.match(/^::warning file=/);
    expect(text).to.include('::warning::not examined: big.ts: over 1 MB');
  });
});

describe('the junit format', () => {
  it('has one test case for each rule and module', () => {
    const { text } = report('junit', given([finding(), finding({ line: 9 })]));
    expect(text.match(/<testcase /g)).to.have.length(4);
    expect(text.match(/<failure /g)).to.have.length(1);
    expect(text).to.include('<testsuite name="finance" tests="2" failures="1">');
    expect(text).to.include('<testsuite name="venue" tests="2" failures="0">');
  });

  it('escapes what it is given, and leaves out what XML cannot hold', () => {
    const { text } = report('junit', given([hostile]));
    expect(text).to.include('message="100% &lt;b&gt;&quot;wrong&quot;&lt;/b&gt;  ::set-env::x"');
    expect(text).to.not.include('\u0007');
  });

  it('does not fail a test case for a warning', () => {
    const { text } = report('junit', given([finding({ severity: 'warn' })]));
    expect(text).to.include('<system-out>').and.not.include('<failure');
    expect(text).to.include('<testsuite name="finance" tests="2" failures="0">');
  });

  it('shows what was not examined as skipped', () => {
    const { text } = report('junit', given([], { notExamined: [{ what: 'big.ts', why: 'over 1 MB' }] }));
    expect(text).to.include('<skipped message="over 1 MB"/>');
  });
});

describe('the sarif format', () => {
  const inputs: [string, Report][] = [
    ['findings', given([finding(), hostile, finding({ rule: 'KSM-R02', severity: 'warn' })])],
    ['no findings', given([])],
    ['a finding without a file', given([finding({ file: undefined, line: undefined } as never)])],
    ['what was not examined', given([], { notExamined: [{ what: 'big.ts', why: 'over 1 MB' }] })],
  ];
  for (const [what, input] of inputs) {
    it(`is valid SARIF 2.1.0 with ${what}`, () => {
      expect(validSarif(JSON.parse(report('sarif', input).text))).to.deep.equal([]);
    });
  }

  it('points to a rule, to a relative URI, and carries the fingerprint', () => {
    const { text, findings } = report('sarif', given([finding()]));
    const [run] = JSON.parse(text).runs;
    const [result] = run.results;
    expect(run.tool.driver.rules[result.ruleIndex].id).to.equal(result.ruleId);
    expect(result.locations[0].physicalLocation).to.deep.equal({
      artifactLocation: { uri: 'modules/addons/finance/a%20b.ts', uriBaseId: '%SRCROOT%' },
      region: { startLine: 3, startColumn: 7 },
    });
    expect(result.partialFingerprints['kisum/v1']).to.equal(findings![0]!.fingerprint);
  });
});
