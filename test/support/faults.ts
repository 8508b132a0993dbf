import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Cluster } from './cluster.ts';
import type { Fleet } from './fleet.ts';

/** What faults happen to. */
export interface Victims {
  fleet: Fleet;
  /** The server in force. */
  cluster: Cluster;
  /** Follows `cluster`; taken by a failover. */
  standby?: Cluster | undefined;
}

/** Something that goes wrong around one revocation. */
export interface Fault {
  begin?: (victims: Victims) => void | Promise<void>;
  /** Right after the commit of the revocation was acknowledged. */
  strike?: (victims: Victims) => void | Promise<void>;
  /** Whether a gateway may say nothing until the end. */
  silent?: boolean;
  end?: (victims: Victims) => void | Promise<void>;
}

const ways = ({ fleet }: Victims) =>
  fleet.members.flatMap(({ database, notifications }) => [database, notifications]);
const hold = (victims: Victims) => ways(victims).forEach((way) => way.hold());
const heal = (victims: Victims) => ways(victims).forEach((way) => way.heal());
const shiftClock = ({ fleet }: Victims) => fleet.members[0]!.signal('SIGUSR2');
const slow = (ms: number): Fault => ({
  begin: (victims) => ways(victims).forEach((way) => way.slow(ms)),
  end: heal,
});
/** Longer than a gateway goes without proof: what it is tested for comes after that. */
const OUTLIVED_MS = 1500;
const outliveTheBound = () => pause(OUTLIVED_MS);
const notify = (verb: 'enable' | 'disable') => async (victims: Victims) => {
  await victims.fleet.db.raw(`alter table core.version_changes ${verb} trigger versions_rose`);
};

function paused(ms: number): Fault {
  return {
    begin: ({ fleet }) => fleet.members[0]!.signal('SIGSTOP'),
    strike: () => pause(ms),
    silent: true,
    end: ({ fleet }) => fleet.members[0]!.signal('SIGCONT'),
  };
}

export const HEALTHY: Fault = {};

export const NOTIFICATION_LOST: Fault = { begin: notify('disable'), end: notify('enable') };

/** The listener's connection looks well and says nothing. */
export const HALF_OPEN: Fault = {
  begin: ({ fleet }) => fleet.members.forEach(({ notifications }) => notifications.hold()),
  end: heal,
};

export const SLOW: Fault = slow(300);
/** Later than a gateway waits for an answer. */
export const TOO_SLOW: Fault = slow(1500);

/** One process stands still for longer than it may go without proof. Its socket takes requests all the while. */
export const PAUSED: Fault = paused(OUTLIVED_MS);
/** So briefly that it may go on with what it has, until the bound. */
export const PAUSED_BRIEFLY: Fault = paused(700);

/** The clock of one machine is set: an hour ahead, the next time an hour behind, then right again. */
export const CLOCK_SET: Fault = { begin: shiftClock };

/** The server is killed after the commit, before any gateway heard of it, and for longer than the bound. */
export const RESTARTED: Fault = {
  begin: hold,
  strike: async (victims) => {
    await victims.cluster.stop('immediate');
    await outliveTheBound();
    await victims.cluster.start();
    heal(victims);
  },
};

/** The same, and its synchronous standby takes its place. */
export const FAILED_OVER: Fault = {
  begin: hold,
  strike: async (victims) => {
    await victims.cluster.stop('immediate');
    await outliveTheBound();
    await takeOver(victims);
  },
};

/** The server in force is gone: the standby is promoted, and every way leads there. */
export async function takeOver(victims: Victims): Promise<void> {
  await victims.standby!.promote();
  victims.cluster = victims.standby!;
  victims.standby = undefined;
  await victims.fleet.moveTo(victims.cluster.url);
  heal(victims);
}

/** Other clients have taken every connection, and the gateways have lost theirs. */
export function exhausted(): Fault {
  let others: Client[] = [];
  return {
    begin: async (victims) => {
      // Whoever revokes has a connection already.
      await victims.fleet.db.raw('select 1');
      others = await takeAll(victims.cluster.url);
      ways(victims).forEach((way) => way.cut());
      others.push(...(await takeAll(victims.cluster.url)));
      heal(victims);
    },
    end: async () => {
      await Promise.all(others.map((client) => client.end()));
    },
  };
}

/** Connections that end take a moment to be free: it is done when none could be had several times in a row. */
async function takeAll(url: string): Promise<Client[]> {
  const taken: Client[] = [];
  for (let refused = 0; refused < 5;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      taken.push(client);
      refused = 0;
    } catch {
      refused += 1;
      await pause(20);
    }
  }
  return taken;
}
