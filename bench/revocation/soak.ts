import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import {
  addMembership,
  createUser,
  grant,
  grantPermission,
  revokePermission,
  type Member,
} from '../../platform/auth/memberships.ts';
import { FAILED_OVER, HEALTHY, type Fault, type Victims } from '../../test/support/faults.ts';
import { SCENARIOS } from './scenarios.ts';

const PATH = '/api/finance/expenses';
const PERMISSION = 'finance.expense.view';
const ACME = '11111111-1111-4111-8111-111111111111';
const BY = 'bench';
/** So many that each keeps its access, or goes without, for a second or more on average. */
const PEOPLE = 96;
const CONNECTIONS = 16;
/** Between two changes of access. */
const CHANGE_EVERY_MS = 10;
/** As `ACCESS_MAX_STALENESS_MS` has it by default. */
export const BOUND_MS = 1000;

export interface Soaked {
  requests: number;
  seconds: number;
  /** Of answers, by status; 0: none. */
  statuses: Record<number, number>;
  revocations: number;
  faults: Record<string, number>;
  /** 2xx to requests sent later than the bound after the revocation was acknowledged. */
  staleAllows: number;
  /** The latest that a request was sent after a revocation was acknowledged and still allowed, in ms. */
  latestMs: number;
}

interface Person extends Member {
  headers: Record<string, string>;
  /** Undefined: not known, as after a write whose answer was lost. */
  granted: boolean | undefined;
  /** When the revocation in force was acknowledged. */
  revokedAt: number | undefined;
}

/** Requests of many people at all gateways while their access comes and goes and one fault follows another. */
export async function soak(
  victims: Victims,
  requests: number,
  progress: (what: string) => void,
): Promise<Soaked> {
  const people = await invite(victims);
  const soaked: Soaked = {
    requests: 0,
    seconds: 0,
    statuses: {},
    revocations: 0,
    faults: {},
    staleAllows: 0,
    latestMs: 0,
  };
  const goesOn = () => soaked.requests < requests;
  const pools = victims.fleet.members.map(({ url }) => new Pool(url, { connections: CONNECTIONS }));
  const began = performance.now();
  await Promise.all([
    ...pools.flatMap((pool) => Array.from({ length: CONNECTIONS }, () => ask(pool, people, soaked, goesOn))),
    change(victims, people, soaked, goesOn),
    disturb(victims, soaked, goesOn, progress),
  ]);
  await Promise.all(pools.map((pool) => pool.close()));
  return { ...soaked, seconds: (performance.now() - began) / 1000 };
}

async function invite({ fleet }: Victims): Promise<Person[]> {
  const people: Person[] = [];
  for (let number = 0; number < PEOPLE; number += 1) {
    const member = { userId: randomUUID(), companyId: ACME };
    const email = `${member.userId}@bench.example`;
    await createUser(fleet.db, { id: member.userId, name: 'Somebody', email }, BY);
    await addMembership(fleet.db, member, { role: 'MEMBER', status: 'active' }, BY);
    await grant(fleet.db, member, { modules: ['finance'], permissions: [PERMISSION] }, BY);
    const headers = { authorization: `Bearer ${await fleet.token(member.userId)}`, 'x-org': ACME };
    people.push({ ...member, headers, granted: true, revokedAt: undefined });
  }
  return people;
}

const anyOf = <T>(things: T[]): T => things[randomInt(things.length)]!;

async function ask(pool: Pool, people: Person[], soaked: Soaked, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const person = anyOf(people);
    const sent = performance.now();
    const status = await pool.request({ path: PATH, method: 'GET', headers: person.headers }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      () => 0,
    );
    soaked.requests += 1;
    soaked.statuses[status] = (soaked.statuses[status] ?? 0) + 1;
    if (status === 200) weigh(soaked, person, sent);
    // What cannot be determined is not asked again at once.
    else if (status !== 403) await pause(20);
  }
}

/** A revocation that is still in force when its answer is there was in force all the time. */
function weigh(soaked: Soaked, { revokedAt }: Person, sent: number): void {
  if (revokedAt === undefined) return;
  soaked.latestMs = Math.max(soaked.latestMs, sent - revokedAt);
  if (sent - revokedAt > BOUND_MS) soaked.staleAllows += 1;
}

async function change(
  { fleet }: Victims,
  people: Person[],
  soaked: Soaked,
  goesOn: () => boolean,
): Promise<void> {
  while (goesOn()) {
    const person = anyOf(people);
    const grants = person.granted === false;
    // From here on it may be allowed again.
    if (grants) person.revokedAt = undefined;
    try {
      if (grants) await grantPermission(fleet.db, person, PERMISSION, BY);
      else await revokePermission(fleet.db, person, PERMISSION, BY);
      if (!grants) person.revokedAt = performance.now();
      person.granted = grants;
      soaked.revocations += grants ? 0 : 1;
    } catch {
      person.granted = undefined;
    }
    await pause(CHANGE_EVERY_MS);
  }
}

async function disturb(
  victims: Victims,
  soaked: Soaked,
  goesOn: () => boolean,
  progress: (what: string) => void,
): Promise<void> {
  const faults = SCENARIOS.filter(({ fault }) => fault !== HEALTHY);
  for (let turn = 0; goesOn(); turn += 1) {
    const { name, fault } = faults[turn % faults.length]!;
    await pause(randomInt(500, 3000));
    progress(`soak: ${soaked.requests} requests, ${soaked.staleAllows} stale allows; now ${name}`);
    await suffer(fault, victims);
    soaked.faults[name] = (soaked.faults[name] ?? 0) + 1;
    // Another process is the next one to be paused, or to have its clock set.
    victims.fleet.members.push(victims.fleet.members.shift()!);
  }
}

async function suffer(fault: Fault, victims: Victims): Promise<void> {
  const before = victims.cluster;
  if (fault === FAILED_OVER) victims.standby = await victims.cluster.openStandby();
  await fault.begin?.(victims);
  await pause(randomInt(1500));
  await fault.strike?.(victims);
  await pause(randomInt(1500));
  await fault.end?.(victims);
  if (victims.cluster !== before) before.remove();
}
