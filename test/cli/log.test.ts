import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { show, verify } from '../../cli/commands/log.ts';
import { CliError } from '../../cli/errors.ts';
import {
  catalog,
  eventText,
  filesOf,
  logDecisions,
  logFolder,
  logKey,
  openLog,
} from '../support/decision-log.ts';
import { runCli } from '../support/cli.ts';

describe('kisum-cli log', () => {
  const key = logKey();
  let folder: string;
  let path: string;
  let files: string[];
  let known: { key: string; checkpoints: string[] };

  before(async () => {
    folder = await logFolder();
    path = join(folder, 'decisions');
    known = { key: join(folder, 'key.pem'), checkpoints: [join(folder, 'outside')] };
    await writeFile(known.key, key.publicPem);
    const log = await openLog(path, { signer: key.signer, outsideAt: known.checkpoints[0]!, maxBytes: 5000 });
    log.delivery.offer(eventText('the-one'), catalog);
    await logDecisions(log, 12);
    await log.close(1000);
    files = await filesOf(path);
  });
  after(() => rm(folder, { recursive: true }));

  const exitOf = (work: Promise<unknown>) =>
    work.then(
      () => 'it went well',
      (error: unknown) => (error instanceof CliError ? `${error.exitCode} ${error.message}` : error),
    );

  it('verify says that a log is untouched, and to where that is proven', async () => {
    const { text, exitCode, examined } = await verify(files, known);
    expect(exitCode).to.equal(0);
    expect(text)
      .to.match(/closed in order; proven to batch (\d+) of \1, 20/)
      .and.match(/untouched: \d files/);
    expect(text).to.not.match(/note:/);
    expect(examined).to.include({ events: 13 });
  });

  it('verify says what it cannot know without a key, and without checkpoints from outside', async () => {
    const plain = await verify(files, {});
    expect(plain.text).to.match(/note: without --key this finds accidents only/);
    const { text } = await verify(files, { key: known.key });
    expect(text).to.match(/note: without --checkpoints a log that was cut/);
  });

  it('verify says where a log was changed, and to where it is proven still: exit 1', async () => {
    const changed = join(folder, 'changed');
    const text = await readFile(files[0]!, 'utf8');
    await writeFile(changed, text.replace('"no_membership"', '"no_active_base"'));
    const { code, stdout } = await runCli(['log', 'verify', changed, ...files.slice(1), '--key', known.key])
      .ended;
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /changed:\d+-\d+: changed: these lines are not the ones that were sealed \(batch 1 /,
    );
    expect(stdout).to.match(/proven to batch 0 of/);
  });

  it('verify ends with 4 where nothing was examined', async () => {
    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    expect(await exitOf(verify([empty], {}))).to.match(/^4 .*nothing was examined/);
    expect(await exitOf(verify(files, { ...known, checkpoints: [empty] }))).to.match(
      /^4 no checkpoint is in/,
    );
    expect(await exitOf(verify([join(folder, 'nowhere')], {}))).to.match(/^4 .*is no file/);
  });

  it('verify ends with 2 on a key that is none', async () => {
    expect(await exitOf(verify(files, { key: path }))).to.match(/^2 .*it is not JSON/);
  });

  it('show prints one decision; 4 when there is none', async () => {
    const { data } = await show('the-one', { log: files });
    expect(data).to.include({ decision_id: 'the-one' });
    expect(await exitOf(show('another', { log: files }))).to.match(/^4 none of the 13 decisions/);
  });
});
