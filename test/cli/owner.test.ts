import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectFile } from '../../policies/root.ts';
import { runNode, temporaryHome } from '../support/cli.ts';

/** Takes the ownership in a process of its own, says so, and keeps it until it is killed. */
const OWNER = `
  import { takeOwnership } from ${JSON.stringify(projectFile('cli', 'owner', 'lock.ts'))};
  await takeOwnership(null).then(() => console.log('OWNED'), (error) => { console.log('refused: ' + error.message); process.exit(error.exitCode); });
  setInterval(() => {}, 1000);
`;

const own = (home: string) =>
  runNode(['--import', 'tsx', '--input-type=module', '-e', OWNER], { KISUM_HOME: home });

describe('ownership of the embedded database', () => {
  it('is refused to a second process, with exit 5 and who has it', async () => {
    const home = await temporaryHome();
    const first = own(home);
    await first.said('OWNED');
    const { code, stdout } = await own(home).ended;
    first.child.kill('SIGKILL');
    expect(code).to.equal(5);
    expect(stdout).to.include(`process ${first.child.pid} owns it`);
  });

  it('passes on after a crash', async () => {
    const home = await temporaryHome();
    const first = own(home);
    await first.said('OWNED');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = own(home);
    await second.said('OWNED');
    second.child.kill('SIGKILL');
    const { pid } = JSON.parse(await readFile(join(home, 'owner.json'), 'utf8')) as { pid: number };
    expect(pid).to.equal(second.child.pid);
  });

  it('is not kept by another process that got the same id', async () => {
    const home = await temporaryHome();
    await writeFile(
      join(home, 'owner.json'),
      JSON.stringify({ pid: process.pid, began: '1', endpoint: null }),
    );
    const taker = own(home);
    await taker.said('OWNED');
    taker.child.kill('SIGKILL');
  });

  it('goes to exactly one of many that come at once, also over a dead owner', async () => {
    const home = await temporaryHome();
    await writeFile(
      join(home, 'owner.json'),
      JSON.stringify({ pid: 2 ** 22 + 1, began: '1', endpoint: null }),
    );
    const takers = Array.from({ length: 5 }, () => own(home));
    const said = await Promise.all(
      takers.map(({ said, ended }) =>
        Promise.race([said('OWNED').then(() => 'owner'), ended.then(() => 'refused')]),
      ),
    );
    for (const { child } of takers) child.kill('SIGKILL');
    expect(said.filter((it) => it === 'owner')).to.have.length(1);
  });
});
