import { randomUUID } from 'node:crypto';
import { setServiceUrl } from '../../../platform/core/services.ts';
import { write } from '../../../platform/database/write.ts';
import { manifestOf, owned, register } from '../../platform/fixtures.ts';
import type { Stage } from '../../support/stage.ts';
import type { Member } from './cells.ts';

const BASES = ['gen_a', 'gen_b'];
const ADDONS: Record<string, string[] | undefined> = {
  gen_p: undefined,
  gen_q: ['gen_a'],
  gen_r: ['gen_a', 'gen_b'],
};
const STATUSES = ['active', 'trial', 'past_due', 'cancelled', 'expired'];
const DAYS = [-400, -200, -10, 10, 200];

/** A source of numbers that gives the same every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** Modules beside the demo's, and members whose companies bought, and who were granted, whatever the dice said. */
export async function generateMembers(stage: Stage, count: number, seed: number): Promise<Member[]> {
  const { db } = stage;
  const roll = dice(seed);
  const some = <T>(items: readonly T[], of = 2): T[] => items.filter(() => roll(of) > 0);
  const one = <T>(items: readonly T[]): T => items[roll(items.length)]!;
  const isMostly = () => roll(10) < 9;

  const own = (key: string) => [owned(`${key}_thing`), owned(`${key}_note`)];
  await register(
    db,
    ...BASES.map((key) => manifestOf(key, 'base', { owns: own(key) })),
    ...Object.entries(ADDONS).map(([key, soldWith]) =>
      manifestOf(key, 'addon', { owns: own(key), ...(soldWith && { soldWith }) }),
    ),
  );
  const keys = [...BASES, ...Object.keys(ADDONS)];
  for (const key of keys) await setServiceUrl(db, key, stage.backend.url, 'test');
  await stage.gateway.changesAreHeard();
  await stage.gateway.catalogIsCurrent();

  const modules = await db('core.modules').pluck<string[]>('key');
  const permissions = await db('core.module_permissions').pluck<string[]>('key');
  const period = () => {
    const status = isMostly() ? 'active' : one(STATUSES);
    const starts = isMostly() ? -500 : one(DAYS);
    const ends = status === 'active' && isMostly() ? null : starts + 1 + roll(600);
    return { status, starts_at: day(starts), ends_at: ends === null ? null : day(ends) };
  };
  const members = Array.from({ length: count }, () => ({ user_id: randomUUID(), company_id: randomUUID() }));
  await write(db, 'test', async (trx) => {
    for (const member of members) {
      const { user_id, company_id } = member;
      await trx('core.companies').insert({ id: company_id, name: company_id });
      await trx('auth.users').insert({ id: user_id, name: user_id, email: `${user_id}@gen.example` });
      const packages = roll(10) > 0 ? [`basic_${one(BASES)}`] : [];
      const bought = packages.map((package_key) => ({
        company_id,
        package_key,
        ...period(),
      }));
      if (bought.length > 0) await trx('core.company_subscriptions').insert(bought);
      const addons = some([...Object.keys(ADDONS), 'finance', 'ai'], 3);
      const beside = addons.map((addon_key) => ({ company_id, addon_key, ...period() }));
      if (beside.length > 0) await trx('core.company_addons').insert(beside);
      if (roll(12) === 0) continue;
      const standing = isMostly() ? 'active' : one(['invited', 'suspended']);
      await trx('auth.memberships').insert({ ...member, role: one(['ADMIN', 'MEMBER']), status: standing });
      const entered = some(modules, 4).map((module_key) => ({ ...member, module_key }));
      if (entered.length > 0) await trx('auth.module_grants').insert(entered);
      const granted = some(permissions, 3).map((permission_key) => ({ ...member, permission_key }));
      if (granted.length > 0) await trx('auth.permission_grants').insert(granted);
    }
  });
  return members.map(({ user_id, company_id }) => ({ userId: user_id, companyId: company_id }));
}

const day = (from: number): Date => new Date(Date.now() + from * 86_400_000);
