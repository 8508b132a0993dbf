import { pino } from 'pino';
import { startAuth } from '../../../cli/start/auth.ts';
import { openDatabase } from '../../../platform/database/database.ts';
import type { RunningAuthService } from '../../../platform/auth/service/service.ts';
import { serverDatabase } from '../../support/databases.ts';
import { openProxy, type Proxy } from '../../support/proxy.ts';
import { openStage } from '../../support/stage.ts';
import { AUDIENCE, ISSUER } from '../../support/token.ts';
import { CONTRACT_ENV, describeSource, INTERNAL_API_KEY, type SourceStage } from './source-contract.ts';

const takenAway = (proxy: Proxy) => ({ goDown: () => proxy.cut(), comeBack: () => proxy.heal() });

describeSource(
  'the database',
  { suspended: 'membership_inactive', noBase: 'no_active_base', notEntitled: 'module_not_entitled' },
  async (test): Promise<SourceStage> => {
    const { url, ...database } = await serverDatabase(test);
    const proxy = await openProxy(url);
    const db = await openDatabase({ url: proxy.url });
    const drop = async () => {
      await db.destroy();
      proxy.close();
      await database.drop();
    };
    const stage = await openStage({ database: { db, drop }, env: CONTRACT_ENV });
    return { ...stage, ...takenAway(proxy) };
  },
);

/** Auth tells what a user may do, and not why not: of what it does not name, nothing more is known. */
describeSource(
  'Auth',
  { suspended: 'no_membership', noBase: 'module_not_granted', notEntitled: 'module_not_granted' },
  async (): Promise<SourceStage> => {
    let auth!: RunningAuthService;
    let proxy!: Proxy;
    const stage = await openStage({
      env: { ...CONTRACT_ENV, ACCESS_SOURCE: 'auth' },
      furnish: async ({ db, published }) => {
        auth = await startAuth({
          db,
          keys: {
            signing: () => Promise.reject(new Error('the test signs')),
            jwks: () => Promise.resolve({ keys: published.map(({ publicJwk }) => publicJwk) }),
          },
          keysFile: 'none',
          issuer: ISSUER,
          audience: AUDIENCE,
          internalApiKey: INTERNAL_API_KEY,
          log: pino({ level: 'silent' }),
          url: 'http://127.0.0.1:0',
        });
        proxy = await openProxy(auth.url);
        return { AUTH_URL: proxy.url };
      },
    });
    const close = async () => {
      await stage.close();
      proxy.close();
      await auth.close();
    };
    return { ...stage, ...takenAway(proxy), close };
  },
);
