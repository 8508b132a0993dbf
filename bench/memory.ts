import { startChild } from './child.ts';
import type { Job, Ready } from './contestants/job.ts';
import { load } from './load.ts';

/** MiB after a full collection. */
export interface Footprint {
  heap: number;
  rss: number;
}

export interface Memory {
  requests: number;
  warm: Footprint;
  end: Footprint;
}

const SLICE_SECONDS = 10;

/** Requests that differ in id and query, one after another, until there were enough of them. */
export async function memoryOver(
  requests: number,
  job: Job,
  request: { path: string; headers: Record<string, string> },
): Promise<Memory> {
  const { child, answer } = await startChild<Ready>('contestants/gateway.js', job);
  const serve = async (count: number) => {
    let served = 0;
    while (served < count) {
      const slice = {
        url: answer.url + request.path,
        headers: request.headers,
        seconds: SLICE_SECONDS,
        varied: true,
      };
      served += (await load(slice)).requests;
    }
    return served;
  };
  try {
    await serve(requests / 10);
    const warm = await child.ask<Footprint>({ memory: true });
    const served = await serve(requests);
    return { requests: served, warm, end: await child.ask<Footprint>({ memory: true }) };
  } finally {
    await child.stop();
  }
}
