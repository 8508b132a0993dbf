import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { decisionLogs } from '../../cli/decision-logs.ts';
import { CliError } from '../../cli/errors.ts';
import type { Envelope } from '../../cli/outcome.ts';
import { runCli, temporaryHome } from '../support/cli.ts';

describe('the decision logs a command reads', () => {
  const before = process.env.DECISION_LOG;
  afterEach(() => {
    if (before === undefined) delete process.env.DECISION_LOG;
    else process.env.DECISION_LOG = before;
  });

  it('are those that are named, and each must be there', async () => {
    const file = join(await temporaryHome(), 'decisions.log');
    await writeFile(file, '');
    expect(await decisionLogs([file])).to.deep.equal([file]);
    const error: unknown = await decisionLogs([file, `${file}.gone`]).catch((it: unknown) => it);
    expect(error).to.be.instanceOf(CliError).with.property('exitCode', 4);
  });

  it('are the files of DECISION_LOG by default, rotated ones first, uploads left out', async () => {
    const file = join(await temporaryHome(), 'decisions.log');
    for (const name of [file, `${file}.000001`, `${file}.000002`]) await writeFile(name, '');
    process.env.DECISION_LOG = `https://logs.example/, ${file}`;
    expect(await decisionLogs()).to.deep.equal([`${file}.000001`, `${file}.000002`, file]);
  });

  const home = temporaryHome();
  const COMMANDS = [
    ['policy', 'explain', 'some-id', '--log'],
    ['policy', 'diff', '--log'],
    ['policy', 'replay', '--log'],
    ['log', 'show', 'some-id', '--log'],
    ['log', 'verify'],
  ];
  for (const command of COMMANDS) {
    it(`${command.join(' ')} of a file that is not there ends with 4`, async () => {
      const gone = join(await home, 'gone.log');
      const { stdout } = await runCli([...command, gone, '--json'], { KISUM_HOME: await home }).ended;
      const { exitCode, errors } = JSON.parse(stdout) as Envelope;
      expect(exitCode).to.equal(4);
      expect(errors[0]?.message).to.include(gone);
    });
  }
});
