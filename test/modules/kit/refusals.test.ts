import { expect } from 'chai';
import { ModuleError } from '../../../modules/kit/errors.ts';
import { createStore } from '../../../modules/kit/store.ts';
import venue from '../../../modules/base/venue/index.ts';
import { migrateModule } from '../../../modules/kit/migrate.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { DATABASES } from '../support/both.ts';
import { ACME } from '../support/gateway-keys.ts';

/** SQLSTATE, and what becomes of it without and with a sentence for its constraint. */
const REFUSALS: [state: string, without: string, withSentence: string][] = [
  ['23P01', 'conflict: it overlaps with another', 'conflict: not so'],
  ['23505', 'conflict: it exists already', 'conflict: not so'],
  ['23503', 'conflict: something else refers to it', 'conflict: not so'],
  ['40P01', 'conflict: it was changed at the same moment: try again', 'conflict: not so'],
  ['40001', 'conflict: it was changed at the same moment: try again', 'conflict: not so'],
  ['23514', 'validation_error: a value cannot be stored', 'validation_error: not so'],
  ['22008', 'validation_error: a value cannot be stored', 'validation_error: not so'],
  ['23502', 'a bug', 'a bug'],
  ['42501', 'a bug', 'a bug'],
  [
    '53100',
    'service_unavailable: the database does not answer',
    'service_unavailable: the database does not answer',
  ],
];

for (const [name, open] of DATABASES) {
  describe(`what the database refuses, on ${name}`, () => {
    let database: TestDatabase | undefined;

    before(async function () {
      this.timeout(120_000);
      database = await open(this);
      await migrateModule(database.db, venue);
    });
    after(() => database?.drop());

    async function told(state: string, constraint: string): Promise<string> {
      const store = createStore(database!.db, 'venue', { known: 'not so' });
      const raise = `do $$ begin raise exception 'refused' using errcode = '${state}', constraint = '${constraint}'; end $$`;
      const error = await store
        .transaction({ company: ACME, units: null }, async (tx) => tx.raw(raise))
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      return error instanceof ModuleError ? `${error.code}: ${error.message}` : 'a bug';
    }

    for (const [state, without, withSentence] of REFUSALS) {
      it(`${state} is told as ${without}, or by its constraint’s sentence`, async () => {
        expect(await told(state, 'unknown')).to.equal(without);
        expect(await told(state, 'constructor')).to.equal(without);
        expect(await told(state, 'known')).to.equal(withSentence);
      });
    }

    it('is not what the module throws by itself, which stays as it is', async () => {
      const store = createStore(database!.db, 'venue');
      for (const own of [new Error('forgotten case'), Object.assign(new Error('x'), { code: '23505' })]) {
        const thrown: unknown = await store
          .transaction({ company: ACME, units: null }, async (tx) => {
            await tx.raw('select 1');
            throw own;
          })
          .catch((error: unknown) => error);
        expect(thrown).to.equal(own);
      }
    });

    // The embedded one has no connection that could end.
    if (open !== DATABASES[1]![1]) return;
    it('is a 503 when the connection ends in the middle', async () => {
      const store = createStore(database!.db, 'venue');
      const error: unknown = await store
        .transaction({ company: ACME, units: null }, async (tx) => {
          await tx.raw('reset role');
          await tx.raw('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
          await tx.raw('select 1');
        })
        .catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(ModuleError).and.include({ code: 'service_unavailable' });
    });
  });
}
