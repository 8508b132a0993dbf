import type { Knex } from 'knex';
import { write } from '../database/write.ts';

/** Where a service is reached: `http(s)://host:port`, or `null` when it is not running anywhere. */
export async function setServiceUrl(
  db: Knex,
  service: string,
  baseUrl: string | null,
  actor: string,
): Promise<void> {
  await write(db, actor, async (trx) => {
    const found = await trx('core.services').where({ key: service }).update({ base_url: baseUrl });
    if (found === 0)
      throw new Error(
        `There is no service ${service}: apply the manifest of its module first (kisum-cli catalog apply).`,
      );
  });
}
