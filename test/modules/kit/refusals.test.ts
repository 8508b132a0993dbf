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
        .transaction(ACME, async (tx) => tx.raw(raise))
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
  });
}
