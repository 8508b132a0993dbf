import { pino } from 'pino';
import { startAuth } from '../../../cli/start/auth.ts';
import type { RunningAuthService } from '../../../platform/auth/service/service.ts';
import { openStage, type Stage } from '../../support/stage.ts';
import { AUDIENCE, ISSUER } from '../../support/token.ts';

const INTERNAL_API_KEY = 'the-internal-api-key';

/** A stage whose gateway asks a live Auth service what users may do. */
export async function openAuthStage(): Promise<Stage> {
  let auth!: RunningAuthService;
  const stage = await openStage({
    env: { ACCESS_SOURCE: 'auth', INTERNAL_API_KEY },
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
      return { AUTH_URL: auth.url };
    },
  });
  const close = async () => {
    await stage.close();
    await auth.close();
  };
  return { ...stage, close };
}
