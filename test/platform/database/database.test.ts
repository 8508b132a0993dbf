import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../../../platform/database/database.ts';
import { serverDatabase } from '../../support/databases.ts';

describe('opening a database', () => {
  it('embedded in a folder keeps its data', async function () {
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), 'kisum-embedded-'));
    const first = await openDatabase({ folder: join(folder, 'data') });
    await first.raw('create table kept (word text)');
    await first('kept').insert({ word: 'still here' });
    await first.destroy();
    const second = await openDatabase({ folder: join(folder, 'data') });
    expect(await second('kept').pluck('word')).to.deep.equal(['still here']);
    await second.destroy();
    await rm(folder, { recursive: true });
  });

  it('embedded is refused in production', async () => {
    process.env['NODE_ENV'] = 'production';
    const refused = await openDatabase({ memory: true }).catch((error: Error) => error.message);
    delete process.env['NODE_ENV'];
    expect(refused).to.match(/set DATABASE_URL/);
  });

  it('on a server that is not there fails at the first query, and says why', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const db = await openDatabase({ url: `postgres://nobody@127.0.0.1:${port}/none` });
    const error = await db.raw('select 1').catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'ECONNREFUSED');
    await db.destroy();
  });

  it('on a server that never answers gives up in time', async () => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy())).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const db = await openDatabase({ url: `postgres://nobody@127.0.0.1:${port}/none` }, { timeoutMs: 100 });
    const error = await db.raw('select 1').catch((thrown: unknown) => thrown);
    expect(error)
      .to.have.property('message')
      .match(/timeout/);
    await db.destroy();
    server.close();
  });

  it('survives the server ending its connections, idle and at work', async function () {
    const { db, drop } = await serverDatabase(this);
    const other = await serverDatabase(this);
    const end = async (): Promise<void> => {
      const [{ name }] = (await db.raw('select current_database() as name')).rows as [{ name: string }];
      const kill = 'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ?';
      await other.db.raw(kill, [name]);
    };
    await Promise.all([1, 2, 3].map(() => db.raw('select 1')));
    await end();
    const working = db.raw('select pg_sleep(4)').then(
      () => 'done',
      () => 'ended',
    );
    await other.db.raw(WAIT_FOR_SLEEPER);
    await end().catch(() => undefined);
    expect(await working).to.equal('ended');
    const answer = await db.raw('select 1 as one');
    expect(answer.rows).to.deep.equal([{ one: 1 }]);
    await drop();
    await other.drop();
  });

  it('ends a statement that takes too long, and goes on', async function () {
    const { db, drop } = await serverDatabase(this, { timeoutMs: 1000, poolSize: 1 });
    const error = await db.raw('select pg_sleep(10)').catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', '57014');
    expect((await db.raw('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
    await drop();
  });

  it('never takes the late answer to one query for the answer to the next', async function () {
    const { db, url, drop } = await serverDatabase(this);
    const way = await slowWay(new URL(url));
    const far = await openDatabase({ url: way.url }, { timeoutMs: 300, poolSize: 1 });
    await far.raw('select 1');
    way.hold();
    const error = await far.raw('select 1 as late').catch((thrown: Error) => thrown.message);
    expect(error).to.match(/Query read timeout/);
    way.letGo();
    expect((await far.raw('select 2 as two')).rows).to.deep.equal([{ two: 2 }]);
    expect(way.connections()).to.equal(2);
    await far.destroy();
    way.close();
    expect((await db.raw('select 1 as one')).rows).to.deep.equal([{ one: 1 }]);
    await drop();
  });
});

/** A way to the server on which answers can be held back. */
async function slowWay(to: URL) {
  const answers: Socket[] = [];
  const server = createServer((socket) => {
    const answer = connect(Number(to.port), to.hostname);
    answers.push(answer);
    for (const side of [socket, answer]) side.on('error', () => side.destroy());
    socket.pipe(answer);
    answer.on('data', (data) => socket.write(data)).on('end', () => socket.end());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: Object.assign(new URL(to), { port: String(port) }).href,
    hold: () => answers.forEach((answer) => answer.pause()),
    letGo: () => answers.forEach((answer) => answer.resume()),
    connections: () => answers.length,
    close: () => server.close(),
  };
}

/** Waits, in the server, until somebody sleeps there. */
const WAIT_FOR_SLEEPER = `do $$ begin
  for turn in 1..400 loop
    perform pg_stat_clear_snapshot();
    exit when exists (select from pg_stat_activity where query like 'select pg_sleep(4)%' and state = 'active');
    perform pg_sleep(0.005);
  end loop;
end $$`;
