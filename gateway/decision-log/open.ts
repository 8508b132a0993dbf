import { randomUUID } from 'node:crypto';
import type { GatewayConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { checkpointsAt } from './checkpoints.ts';
import { DecisionLog } from './decision-log.ts';
import { isUrl } from './settings.ts';
import { openFileSink, openUploadSink } from './sink.ts';

/**
 * The decision log as it is configured; `undefined` when there is none.
 * @throws Error naming a file that cannot be a decision log
 */
export async function openDecisionLog(config: GatewayConfig, log: Logger): Promise<DecisionLog | undefined> {
  const { DECISION_LOG: places, DECISION_LOG_CHECKPOINTS: outsideAt, DECISION_LOG_TOKEN: token } = config;
  if (places.length === 0) return undefined;
  const outside = outsideAt === undefined ? undefined : checkpointsAt(outsideAt, log);
  const labels = { id: randomUUID() };
  const common = { bufferBytes: config.DECISION_LOG_BUFFER_BYTES, log };
  const opened = places.map((place) =>
    isUrl(place)
      ? Promise.resolve(openUploadSink({ ...common, url: place, token }))
      : openFileSink({
          ...common,
          path: place,
          maxBytes: config.DECISION_LOG_MAX_BYTES,
          keep: config.DECISION_LOG_KEEP,
          labels,
          signer: config.DECISION_LOG_KEY,
          outside,
        }),
  );
  return new DecisionLog({ sinks: await Promise.all(opened), outside, labels, log });
}
