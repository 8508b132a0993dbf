import { expect } from 'chai';
import type { Knex } from 'knex';
import marketplace from '../../../modules/addons/venue_marketplace/index.ts';
import venue from '../../../modules/base/venue/index.ts';
import { migrateModule } from '../../../modules/kit/migrate.ts';
import { createStore } from '../../../modules/kit/store.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { DATABASES } from '../support/both.ts';
import { ACME, BLUENOTE } from '../support/gateway-keys.ts';

const SOLO = '33333333-3333-4333-8333-333333333333';
const ID = 'bbbbbbbb-0000-4000-8000-000000000001';
const REQUEST = {
  promoter_company_id: ACME,
  venue_company_id: BLUENOTE,
  venue_listing_id: ID,
  event_name: 'Night',
  starts_at: '2027-06-18T20:00:00Z',
  ends_at: '2027-06-18T23:00:00Z',
  status: 'sent',
};
const LISTING = { company_id: BLUENOTE, name: 'Hall', city: 'Porto', country: 'Portugal' };

/** RLS without its words: what a policy forbids on writing, and what a grant does. */
const FORBIDDEN = '42501';

for (const [name, open] of DATABASES) {
  describe(`what a module’s own SQL can reach, on ${name}`, () => {
    let database: TestDatabase | undefined;
    let db: Knex;

    before(async function () {
      this.timeout(120_000);
      database = await open(this);
      db = database.db;
      await migrateModule(db, venue);
      await migrateModule(db, marketplace);
    });
    after(() => database?.drop());

    const as = <T>(module: string, company: string, work: (tx: Knex.Transaction) => Promise<T>) =>
      createStore(db, module).transaction({ company, units: null }, work);
    const stateOf = (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => 'done',
        (error: { code?: unknown }) => error.code,
      );
    const requested = async (values: object = {}): Promise<string> => {
      const [row] = await as('venue_marketplace', ACME, (tx) =>
        tx('booking_request').insert({ ...REQUEST, ...values }, 'id'),
      );
      return (row as { id: string }).id;
    };
    const seenBy = (company: string, id: string) =>
      as('venue_marketplace', company, (tx) => tx('booking_request').where({ id }).pluck('event_name'));

    describe('a row of two companies', () => {
      it('is seen and changed by both, and by nobody else', async () => {
        const id = await requested();
        expect(await seenBy(ACME, id)).to.deep.equal(['Night']);
        expect(await seenBy(BLUENOTE, id)).to.deep.equal(['Night']);
        expect(await seenBy(SOLO, id)).to.deep.equal([]);
        const changedBy = (company: string) =>
          as('venue_marketplace', company, async (tx) => {
            const found = await tx.raw('update booking_request set answer = ? where id = ? returning id', [
              company,
              id,
            ]);
            return (found as { rows: unknown[] }).rows.length;
          });
        expect(await changedBy(ACME)).to.equal(1);
        expect(await changedBy(BLUENOTE)).to.equal(1);
        expect(await changedBy(SOLO)).to.equal(0);
        await as('venue_marketplace', SOLO, (tx) => tx('booking_request').where({ id }).delete());
        expect(await seenBy(ACME, id)).to.deep.equal(['Night']);
      });

      it('is made by its first company for another one alone', async () => {
        const insert = (values: object) =>
          stateOf(
            as('venue_marketplace', ACME, (tx) => tx('booking_request').insert({ ...REQUEST, ...values })),
          );
        expect(await insert({})).to.equal('done');
        expect(await insert({ promoter_company_id: SOLO })).to.equal(FORBIDDEN);
        expect(await insert({ promoter_company_id: BLUENOTE, venue_company_id: ACME })).to.equal(FORBIDDEN);
        expect(await insert({ venue_company_id: ACME })).to.equal(FORBIDDEN);
      });

      it('keeps its companies and its id, whoever writes it', async () => {
        const id = await requested();
        for (const column of ['promoter_company_id', 'venue_company_id', 'id']) {
          for (const company of [ACME, BLUENOTE]) {
            const change = as('venue_marketplace', company, (tx) =>
              tx('booking_request')
                .where({ id })
                .update({ [column]: SOLO }),
            );
            expect(await stateOf(change), `${column} by ${company}`).to.equal(FORBIDDEN);
          }
        }
      });

      it('is its maker’s alone while it is a draft', async () => {
        const id = await requested({ status: 'draft' });
        expect(await seenBy(ACME, id)).to.deep.equal(['Night']);
        expect(await seenBy(BLUENOTE, id)).to.deep.equal([]);
        const peek = as('venue_marketplace', BLUENOTE, (tx) =>
          tx('booking_request').where({ id }).update({ status: 'sent' }),
        );
        expect(await peek).to.equal(0);
        await as('venue_marketplace', ACME, (tx) =>
          tx('booking_request').where({ id }).update({ status: 'sent' }),
        );
        expect(await seenBy(BLUENOTE, id)).to.deep.equal(['Night']);
        const back = as('venue_marketplace', BLUENOTE, (tx) =>
          tx('booking_request').where({ id }).update({ status: 'draft' }),
        );
        expect(await stateOf(back)).to.equal(FORBIDDEN);
      });
    });

    describe('what is published', () => {
      before(() =>
        as('venue', BLUENOTE, async (tx) => {
          await tx('venue').insert({ id: ID, ...LISTING });
          await tx('venue_listing').insert({ id: ID, ...LISTING });
        }),
      );

      it('is read by everyone, while what it came from is not', async () => {
        for (const company of [ACME, BLUENOTE, SOLO]) {
          const names = await as('venue', company, (tx) => tx('venue_listing').pluck('name'));
          expect(names).to.deep.equal(['Hall']);
        }
        expect(await as('venue', ACME, (tx) => tx('venue').pluck('name'))).to.deep.equal([]);
      });

      it('is written by its own company alone', async () => {
        const changes = [
          (tx: Knex.Transaction) => tx('venue_listing').where({ id: ID }).update({ name: 'mine' }),
          (tx: Knex.Transaction) => tx('venue_listing').where({ id: ID }).delete(),
        ];
        for (const change of changes) expect(await as('venue', ACME, change)).to.equal(0);
        const locked = as('venue', ACME, async (tx) => tx('venue_listing').where({ id: ID }).forUpdate());
        expect(await locked).to.deep.equal([]);
        const forged = as('venue', ACME, (tx) =>
          tx('venue_listing').insert({ ...LISTING, id: 'bbbbbbbb-0000-4000-8000-000000000002' }),
        );
        expect(await stateOf(forged)).to.equal(FORBIDDEN);
        const taken = as('venue', BLUENOTE, (tx) => tx('venue_listing').update({ company_id: ACME }));
        expect(await stateOf(taken)).to.equal(FORBIDDEN);
        expect(await as('venue', BLUENOTE, (tx) => tx('venue_listing').pluck('name'))).to.deep.equal([
          'Hall',
        ]);
      });
    });

    it('nothing at all without a company', async () => {
      const open_ended = db.transaction(async (tx) => {
        await tx.raw(
          `select set_config('role', 'kisum_venue', true), set_config('search_path', 'venue', true)`,
        );
        return tx('venue').pluck('name');
      });
      expect(await stateOf(open_ended)).to.be.oneOf(['42704', '22P02']);
    });

    it('stays so when it is migrated again', async () => {
      await migrateModule(db, marketplace);
      const id = await requested({ status: 'draft' });
      expect(await seenBy(BLUENOTE, id)).to.deep.equal([]);
      const change = as('venue_marketplace', ACME, (tx) =>
        tx('booking_request').where({ id }).update({ venue_company_id: SOLO }),
      );
      expect(await stateOf(change)).to.equal(FORBIDDEN);
    });
  });
}
