import { expect } from 'chai';
import { readiness } from '../../gateway/health.ts';
import type { Parts } from '../../gateway/parts.ts';
import { openStage, type Stage } from '../support/stage.ts';

describe('health', () => {
  describe('of a running gateway', () => {
    let stage: Stage;
    before(async () => (stage = await openStage()));
    after(() => stage.close());

    const get = async (url: string) => {
      const response = await fetch(url);
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };

    for (const listener of ['url', 'adminUrl'] as const) {
      it(`/healthz and /readyz answer on the ${listener === 'url' ? 'main' : 'admin'} listener`, async () => {
        expect(await get(`${stage.gateway[listener]}/healthz`)).to.deep.equal({
          status: 200,
          body: { status: 'alive' },
        });
        const { status, body } = await get(`${stage.gateway[listener]}/readyz`);
        expect(status).to.equal(200);
        expect(body).to.have.all.keys('status', 'checks', 'revision', 'catalogVersion');
        expect(body['checks']).to.deep.equal({
          database: { status: 'ok' },
          policy: { status: 'ok' },
          catalog: { status: 'ok' },
          jwks: { status: 'ok' },
        });
      });
    }

    it('metrics are for the admin listener alone', async () => {
      const metrics = await fetch(`${stage.gateway.adminUrl}/metrics`);
      expect(await metrics.text()).to.match(/kisum_requests_total/);
      expect((await fetch(`${stage.gateway.url}/metrics`)).status).to.equal(401);
      expect((await stage.call('/metrics')).status).to.equal(404);
    });

    it('the admin listener has nothing else', async () => {
      for (const path of ['/', '/api/promoter/events', '/access/ticket', '/.well-known/gateway-jwks.json']) {
        expect((await fetch(stage.gateway.adminUrl + path)).status).to.equal(404);
      }
    });

    it('another spelling is judged like anything else', async () => {
      for (const path of ['/healthz/', '/HEALTHZ', '/readyz/x']) {
        expect((await fetch(stage.gateway.url + path)).status).to.equal(401);
      }
    });
  });

  describe('of every state', () => {
    interface State {
      proven: boolean;
      loaded: boolean;
      stale: boolean;
      keys: number;
      keysFailing: boolean;
      draining: boolean;
      isCurrent: boolean;
      pinned: boolean;
      policyFailing: boolean;
    }
    const WELL: State = {
      proven: true,
      loaded: true,
      stale: false,
      keys: 1,
      keysFailing: false,
      draining: false,
      isCurrent: true,
      pinned: false,
      policyFailing: false,
    };
    const of = (state: Partial<State>) => {
      const { proven, loaded, stale, keys, keysFailing, draining, ...policy } = { ...WELL, ...state };
      const { isCurrent, pinned, policyFailing } = policy;
      const failure = new Error('canary: postgres://kisum:secret@host');
      const parts = {
        feed: { proven },
        catalogs: {
          loaded,
          failure: stale ? failure : undefined,
          current: { version: 3, engine: { revision: 'abc' } },
        },
        policies: { isCurrent, isPinned: pinned, failure: policyFailing ? failure : undefined },
        keys: { size: keys, failure: keysFailing ? failure : undefined },
        lifecycle: { draining },
      } as unknown as Parts;
      return readiness(parts);
    };

    const STATES: [state: Partial<State>, status: string, check?: string, value?: string][] = [
      [{}, 'ready'],
      [{ draining: true }, 'not_ready'],
      [{ proven: false }, 'not_ready', 'database', 'failed'],
      [{ loaded: false }, 'not_ready', 'catalog', 'failed'],
      [{ loaded: false }, 'not_ready', 'policy', 'failed'],
      [{ keys: 0, keysFailing: true }, 'not_ready', 'jwks', 'failed'],
      [{ keysFailing: true }, 'degraded', 'jwks', 'degraded'],
      [{ stale: true }, 'degraded', 'catalog', 'degraded'],
      [{ policyFailing: true }, 'degraded', 'policy', 'degraded'],
      [{ pinned: true }, 'degraded', 'policy', 'degraded'],
      [{ isCurrent: false }, 'not_ready', 'policy', 'failed'],
      [{ isCurrent: false, policyFailing: true }, 'not_ready', 'policy', 'failed'],
      [{ stale: true, proven: false }, 'not_ready', 'catalog', 'degraded'],
    ];
    for (const [state, status, check, value] of STATES) {
      it(`${JSON.stringify(state)}: ${status}`, () => {
        const told = of(state);
        expect(told.status).to.equal(status);
        if (check) expect(told.checks[check as 'jwks'].status).to.equal(value);
        expect(JSON.stringify(told)).to.not.match(/canary|postgres/);
        expect(told.revision).to.equal(state.loaded === false ? null : 'abc');
      });
    }
  });
});
