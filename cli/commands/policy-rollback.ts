import { PolicyCache, type CacheState, type Kept } from '../../gateway/policy/cache.ts';
import { actor } from '../actor.ts';
import { columns } from '../columns.ts';
import { CliError, EXIT } from '../errors.ts';
import { inHome } from '../home.ts';
import type { Outcome } from '../outcome.ts';

interface CacheOption {
  cache?: string;
}

/** The policies a gateway keeps. */
export async function status(options: CacheOption): Promise<Outcome> {
  const cache = cacheOf(options);
  const { kept, inForce, floor, confirmedAt } = await keptIn(cache);
  const pin = await expected(() => cache.pin());
  const rows = kept.map(({ id, revision, signedAt, activatedAt }) => [
    revision,
    `since ${activatedAt}`,
    signedAt === null ? 'not signed' : `signed ${signedAt}`,
    [...(id === inForce ? ['in force'] : []), ...(id === pin?.id ? [`rolled back by ${pin.by}`] : [])].join(
      ', ',
    ),
  ]);
  return {
    text: columns(rows),
    data: { kept, inForce, floor, confirmedAt, rollback: pin ?? null },
    examined: { policies: kept.length },
  };
}

/** Asks the running gateway to put a kept policy in force and to stay there, or to follow its source again. */
export async function rollback(
  options: CacheOption & { to?: string; end?: boolean; as?: string },
): Promise<Outcome> {
  const cache = cacheOf(options);
  if (options.end) {
    if (options.to !== undefined) throw new CliError(EXIT.usage, '--end and --to exclude each other');
    return end(cache);
  }
  const { id, revision } = wanted(await keptIn(cache), options.to);
  await expected(() => cache.read(id));
  await cache.setPin({ id, revision, by: actor(options), at: new Date().toISOString() });
  return {
    text: `the gateway puts ${revision} in force at its next look, and stays there until kisum-cli policy rollback --end`,
    data: { revision },
  };
}

async function end(cache: PolicyCache): Promise<Outcome> {
  const pin = await expected(() => cache.pin());
  if (!pin) throw new CliError(EXIT.precondition, 'nothing is rolled back: the source is followed');
  await cache.setPin(undefined);
  return {
    text: `the rollback to ${pin.revision} ends at the gateway's next look: its source is followed again`,
    data: { revision: pin.revision },
  };
}

function wanted({ kept, inForce }: CacheState, revision: string | undefined): Kept {
  const now = kept.findIndex(({ id }) => id === inForce);
  const found = revision === undefined ? kept[now + 1] : kept.find((one) => one.revision === revision);
  if (found) return found;
  const known = kept.map((one) => one.revision).join(', ');
  const what = revision === undefined ? 'none before the one in force' : `no ${revision}`;
  throw new CliError(EXIT.precondition, `there is ${what}; kept are ${known}: name one with --to`);
}

function cacheOf({ cache }: CacheOption): PolicyCache {
  return new PolicyCache(cache ?? (process.env.POLICY_CACHE || inHome('policy')));
}

async function keptIn(cache: PolicyCache): Promise<CacheState> {
  const state = await expected(() => cache.state());
  if (state.kept.length > 0) return state;
  throw new CliError(
    EXIT.precondition,
    `no policy is kept in ${cache.folder}: name the POLICY_CACHE of a gateway with --cache`,
  );
}

/** What is wrong with a cache is the operator's matter, not a bug. */
async function expected<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new CliError(EXIT.precondition, (cause as Error).message, cause);
  }
}
