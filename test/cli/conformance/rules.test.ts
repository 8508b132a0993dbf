import { expect } from 'chai';
import { RULES } from '../../../cli/conformance/rules.ts';
import type { Envelope } from '../../../cli/outcome.ts';
import { runCli } from '../../support/cli.ts';

describe('the rules', () => {
  it('have ids that are well-formed and each given once', () => {
    const ids = RULES.map(({ id }) => id);
    expect(ids).to.not.be.empty;
    expect(ids.filter((id) => !/^KSM-[A-Z]\d{2}$/.test(id))).to.deep.equal([]);
    expect(ids.filter((id, index) => ids.indexOf(id) < index)).to.deep.equal([]);
  });

  it('each say what must hold, why, and what to do', () => {
    for (const { id, title, why, fix } of RULES) {
      for (const text of [title, why, fix]) expect(text.trim(), id).to.not.equal('');
      expect(title, id).to.not.match(/[\n.]$/);
    }
  });

  it('of one family are all of one kind', () => {
    const kinds = new Map(RULES.map(({ id, kind }) => [id.slice(0, 5), kind]));
    expect(RULES.filter(({ id, kind }) => kinds.get(id.slice(0, 5)) !== kind)).to.deep.equal([]);
  });
});

describe('kisum-cli explain', () => {
  it('tells every rule, in any case', async () => {
    const { code, stdout } = await runCli(['explain', 'ksm-v08']).ended;
    expect(code).to.equal(0);
    expect(stdout).to.match(/^KSM-V08 \(error\): /);
    for (const word of ['Checked', 'kisum-cli audit', 'Why', 'Fix']) expect(stdout).to.include(word);
  });

  it('alone lists all of them', async () => {
    const { code, stdout } = await runCli(['explain']).ended;
    expect(code).to.equal(0);
    for (const { id, title } of RULES) expect(stdout).to.include(`${id}  ${title}`);
  });

  it('speaks JSON', async () => {
    const { stdout } = await runCli(['explain', 'KSM-V01', '--json']).ended;
    const { data } = JSON.parse(stdout) as Envelope;
    expect(data).to.have.all.keys('id', 'kind', 'severity', 'title', 'why', 'fix');
  });

  it('names the nearest of an unknown one: exit 2', async () => {
    const { code, stderr } = await runCli(['explain', 'KSM-V001']).ended;
    expect(code).to.equal(2);
    expect(stderr).to.match(/no rule KSM-V001 \(did you mean KSM-V\d\d\?\)/);
  });
});
