import { expect } from 'chai';
import fc from 'fast-check';
import { AuthSource } from '../../../gateway/access/auth/source.ts';
import { isRevoked } from '../../../gateway/access/source.ts';
import { answerOf } from '../../support/auth-answers.ts';
import { part } from '../../support/seal.ts';
import { COMPANY, USER } from '../../support/stage.ts';

const BOUND_MS = 60_000;
const [ana, acme] = [USER.ana, COMPANY.acme];

/** What the gateway verified already; here only what it claims is read. */
const tokenOf = (id: string, claims: object = { tokenVersion: 1 }) =>
  `${part({ alg: 'RS256' })}.${part({ jti: id, ...claims })}.signature`;
const [one, two] = [tokenOf('one'), tokenOf('two')];

type Meta = Partial<{ tokenVersion: number; accessVersion: number; entitlementVersion: number }>;

/** An Auth that answers what the test puts in, and notes who asked. */
function bench(boundMs = BOUND_MS) {
  const state = { status: 200, meta: {} as Meta, user: ana, company: acme };
  const asked: { company: string; bearer: string }[] = [];
  const held: (() => void)[] = [];
  let holding = false;
  const source = new AuthSource(
    {
      access: async (company, bearer) => {
        asked.push({ company, bearer });
        const answer = answerOf(state.user, company);
        Object.assign(answer.data.meta, state.meta);
        const { status } = state;
        if (holding) await new Promise<void>((resolve) => held.push(resolve));
        return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
      },
    },
    boundMs,
  );
  const hold = () => (holding = true);
  const release = () => {
    holding = false;
    held.splice(0).forEach((resume) => resume());
  };
  const failure = (bearer?: string) =>
    Promise.resolve(source.access(ana, acme, bearer)).then(
      () => 'none',
      (error: Error) => error.message,
    );
  return { state, asked, source, hold, release, failure };
}

describe('access from Auth', () => {
  it('is asked once for all who ask with one token, and remembered', async () => {
    const { source, asked, hold, release } = bench();
    hold();
    const all = [1, 2, 3].map(async () => source.access(ana, acme, one));
    release();
    await Promise.all(all);
    expect(source.access(ana, acme, one)).to.not.be.instanceOf(Promise);
    expect(asked).to.deep.equal([{ company: acme, bearer: one }]);
    expect(source.counts).to.deep.equal({ hits: 1, reads: 1 });
  });

  it('two tokens of one user never share an answer, under way or remembered', async () => {
    const { source, asked, hold, release } = bench();
    hold();
    const both = [one, two].map(async (token) => source.access(ana, acme, token));
    release();
    const [first, second] = await Promise.all(both);
    expect(first).to.not.equal(second);
    expect(asked.map(({ bearer }) => bearer)).to.deep.equal([one, two]);
    expect(await source.access(ana, acme, one)).to.equal(first);
  });

  it('lasts for the bound from the moment the question began, however late the answer came', async () => {
    const { source, hold, release } = bench();
    const before = performance.now();
    hold();
    const asked = source.access(ana, acme, one);
    const began = performance.now();
    while (performance.now() < began + 20) await new Promise(setImmediate);
    release();
    const { changesAt } = await asked;
    expect(changesAt).to.be.within(before + BOUND_MS, began + BOUND_MS);
  });

  it('is asked again when the bound is over', async () => {
    const { source, asked } = bench(0);
    for (let i = 0; i < 3; i += 1) await source.access(ana, acme, one);
    expect(asked).to.have.lengthOf(3);
  });

  it('does not outlive a suspended machine, whose monotonic clock stood still', async () => {
    const { source, asked, hold, release } = bench();
    await source.access(ana, acme, one);
    const now = Date.now;
    try {
      hold();
      const underWay = source.access(ana, acme, two);
      Date.now = () => now() + 1000;
      const again = source.access(ana, acme, one);
      release();
      await Promise.all([underWay, again]);
      expect(asked.map(({ bearer }) => bearer)).to.deep.equal([one, two, one, two]);
      expect(source.access(ana, acme, one)).to.not.be.instanceOf(Promise);
    } finally {
      Date.now = now;
    }
  });

  it('a 403 is nobody who is a member, and no version is learnt from it', async () => {
    const { source, state } = bench();
    state.status = 403;
    const { record } = await source.access(ana, acme, one);
    expect(record.facts.membership).to.equal(null);
    expect(record.facts.permissions).to.deep.equal([]);
    expect(source.user(ana).tokenVersion).to.equal(0);
  });

  it('a 401 is the end of the token, here as there; every other status is no answer', async () => {
    const { source, state, failure } = bench();
    state.status = 401;
    const refusal: unknown = await Promise.resolve(source.access(ana, acme, one)).catch((e: unknown) => e);
    expect(refusal).to.include({ code: 'unauthorized', status: 401 });
    for (const status of [201, 204, 301, 302, 400, 402, 404, 418]) {
      state.status = status;
      expect(await failure(one)).to.equal(`Auth answered ${status}`);
    }
  });

  describe('versions', () => {
    for (const meta of [{ tokenVersion: 0 }, { accessVersion: 4 }, { entitlementVersion: 2 }]) {
      it(`that go back (${JSON.stringify(meta)}) are asked again, then refused, and believed once they are back`, async () => {
        const { source, state, asked, failure } = bench(0);
        const token = tokenOf('no claim', {});
        await source.access(ana, acme, token);
        state.meta = meta;
        expect(await failure(token)).to.match(/older access/);
        expect(asked).to.have.lengthOf(3);
        state.meta = {};
        expect(await failure(token)).to.equal('none');
      });
    }

    it('an older answer is not taken from another token either, nor the user in another company', async () => {
      const { source, state, failure } = bench(0);
      const [free, other] = [tokenOf('free', {}), tokenOf('other', {})];
      state.meta = { tokenVersion: 2 };
      await source.access(ana, COMPANY.solo, free);
      state.meta = {};
      expect(await failure(other)).to.match(/older access/);
    });

    it('law: of answers in any order none is taken that is older than one taken before', async () => {
      const versions = fc.record({
        tokenVersion: fc.nat(3),
        accessVersion: fc.nat(3),
        entitlementVersion: fc.nat(3),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(versions, { maxLength: 20 }), async (metas) => {
          const { source, state } = bench(0);
          let newest = { token: 0 as number | null, access: 0, entitlement: 0 };
          for (state.meta of metas) {
            const access = await Promise.resolve(source.access(ana, acme, tokenOf('x', {}))).catch(
              () => null,
            );
            const { meta } = state as { meta: Required<Meta> };
            const isOlder =
              meta.tokenVersion < newest.token! ||
              meta.accessVersion < newest.access ||
              meta.entitlementVersion < newest.entitlement;
            expect(access === null).to.equal(isOlder);
            if (access) newest = access.record.versions;
          }
        }),
      );
    });

    it('of a token that claims another are refused', async () => {
      const { source, state } = bench();
      state.meta = { tokenVersion: 2 };
      const refused = await Promise.resolve(source.access(ana, acme, one)).catch(
        (error: Error) => error.message,
      );
      expect(refused).to.match(/another version/);
    });
  });

  describe('a call that carries no token of the user', () => {
    it('is asked with the one Auth accepted last, in the same company alone', async () => {
      const { source, asked, failure } = bench(0);
      expect(await failure()).to.match(/no token of this user/);
      await source.access(ana, acme, one);
      await source.access(ana, acme, two);
      await source.access(ana, acme);
      expect(asked.at(-1)).to.deep.equal({ company: acme, bearer: two });
      for (const [user, company] of [
        [ana, COMPANY.solo],
        [USER.ben, acme],
      ] as const) {
        const refused = await Promise.resolve(source.access(user, company)).catch((e: Error) => e.message);
        expect(refused).to.match(/no token of this user/);
      }
    });

    it('ends with that token, and goes on with the next that is accepted', async () => {
      const { source, state, failure } = bench(0);
      await source.access(ana, acme, one);
      state.status = 401;
      expect(await failure(two)).to.equal('the token is revoked');
      expect(await failure()).to.equal('the token is revoked');
      state.status = 200;
      expect(await failure(two)).to.equal('none');
      expect(await failure()).to.equal('none');
    });
  });

  describe('a user', () => {
    const admits = (source: AuthSource, version: number | undefined) => !isRevoked(version, source.user(ana));

    it('Auth has not spoken of is any token’s', () => {
      const { source } = bench();
      expect([undefined, 0, 1, 9].map((it) => admits(source, it))).to.deep.equal([true, true, true, true]);
    });

    it('Auth has spoken of is no older token’s, and may be a newer one’s', async () => {
      const { source, state } = bench();
      state.meta = { tokenVersion: 2 };
      await source.access(ana, acme, tokenOf('second', { tokenVersion: 2 }));
      expect([undefined, 1, 2, 3].map((it) => admits(source, it))).to.deep.equal([true, false, true, true]);
      expect(isRevoked(1, source.user(USER.ben))).to.equal(false);
    });

    it('keeps what was signed for it until its version rises', async () => {
      const { source, state } = bench(0);
      const { assertions } = source.user(ana);
      assertions.set('checkout', { token: 'signed', reuseUntil: Infinity });
      state.meta = { tokenVersion: 0 };
      await source.access(ana, acme, tokenOf('x', {}));
      expect(source.user(ana).assertions).to.equal(assertions);
      state.meta = {};
      await source.access(ana, acme, tokenOf('x', {}));
      expect(source.user(ana).assertions).to.not.equal(assertions);
    });
  });

  describe('what it hears of', () => {
    const CHANGES = {
      access: { kind: 'access', userId: ana, companyId: acme, version: 6 },
      token: { kind: 'token', userId: ana, version: 2 },
      entitlement: { kind: 'entitlement', companyId: acme, version: 4 },
    } as const;
    for (const [what, change] of Object.entries(CHANGES)) {
      it(`a raised ${what} version takes away every answer that is older, and no other`, async () => {
        const { source, asked } = bench();
        for (const token of [one, two]) await source.access(ana, acme, token);
        await source.access(ana, COMPANY.solo, one);
        source.onChanges([{ ...change, version: change.version - 1 }]);
        for (const token of [one, two]) await source.access(ana, acme, token);
        expect(asked).to.have.lengthOf(3);
        source.onChanges([change]);
        for (const token of [one, two]) await source.access(ana, acme, token);
        expect(asked).to.have.lengthOf(5);
        await source.access(ana, COMPANY.solo, one);
        expect(asked).to.have.lengthOf(what === 'token' ? 6 : 5);
      });
    }

    it('a change nobody here is concerned by, and a new catalog: nothing', async () => {
      const { source, asked } = bench();
      await source.access(ana, acme, one);
      source.onChanges([
        { kind: 'catalog', version: 9 },
        { kind: 'access', userId: ana, companyId: COMPANY.solo, version: 9 },
        { kind: 'entitlement', companyId: COMPANY.solo, version: 9 },
        { kind: 'token', userId: USER.ben, version: 9 },
      ]);
      await source.access(ana, acme, one);
      expect(asked).to.have.lengthOf(1);
    });

    it('another history: answers, versions and tokens go', async () => {
      const { source, state, failure } = bench();
      await source.access(ana, acme, one);
      source.onReset();
      expect(await failure()).to.match(/no token of this user/);
      state.meta = { accessVersion: 1 };
      expect((await source.access(ana, acme, one)).record.versions.access).to.equal(1);
    });
  });

  it('forgets what it gave to a question, and nothing beside it', async () => {
    const { source, asked } = bench();
    for (const token of [one, two]) await source.access(ana, acme, token);
    source.forget(ana, acme, one);
    for (const token of [one, two]) await source.access(ana, acme, token);
    expect(asked.map(({ bearer }) => bearer)).to.deep.equal([one, two, one]);
    source.forget(ana, acme);
    await source.access(ana, acme);
    expect(asked).to.have.lengthOf(4);
  });
});
