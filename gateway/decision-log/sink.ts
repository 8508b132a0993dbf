import type { CheckpointsOutside } from './checkpoints.ts';
import { Delivery } from './delivery.ts';
import { LogFile, type LogFileOptions } from './log-file.ts';
import { Outbox } from './outbox.ts';
import { openUpload, type UploadOptions } from './upload.ts';

const BATCH_BYTES = 256 * 1024;
const GATHER_MS = 100;
/** How often it is looked whether the last batches still wait for a checkpoint. */
const LOOK_MS = 1000;
/** For the seal that says that the process ended. */
const FAREWELL_MS = 1000;

/** One place decisions go to. */
export interface Sink {
  delivery: Delivery;
  /** Writes what waits until the time is up, counts the rest, and closes. */
  close: (milliseconds: number) => Promise<void>;
}

export interface FileSinkOptions extends LogFileOptions {
  bufferBytes: number;
  /** Full batches; by default 256 KiB. */
  batchBytes?: number;
}

/** @throws Error when the path cannot be a decision log */
export async function openFileSink(options: FileSinkOptions): Promise<Sink> {
  const { path: name, log, bufferBytes, batchBytes = BATCH_BYTES } = options;
  const outbox = new Outbox({ batchBytes, bufferBytes });
  const file = await LogFile.open(options);
  const account = () => outbox.account;
  const delivery = new Delivery({
    name,
    outbox,
    gatherMs: GATHER_MS,
    log,
    deliver: (batch) => file.write(batch, account).then(() => 'written' as const),
  });
  // A full disk does not keep the gateway from starting: the opening then comes with the first batch.
  await file.write(undefined, account).catch((err: unknown) => log.error({ err, sink: name }, CANNOT_BEGIN));
  const look = setInterval(() => {
    if (file.wantsCheckpoint && !outbox.failing) void file.write(undefined, account).catch(() => {});
  }, LOOK_MS).unref();

  const close = async (milliseconds: number) => {
    clearInterval(look);
    await delivery.close(milliseconds);
    const farewell = file.write(undefined, account, { end: true }).finally(() => file.close());
    await Promise.race([farewell, patience(FAREWELL_MS)]).catch((err: unknown) =>
      log.error({ err, sink: name }, 'the decision log could not be closed with a seal'),
    );
    await settled(options.outside);
  };
  return { delivery, close };
}

export function openUploadSink(options: UploadOptions): Sink {
  const { delivery, end } = openUpload(options);
  const close = async (milliseconds: number) => {
    await delivery.close(milliseconds);
    await end();
  };
  return { delivery, close };
}

const CANNOT_BEGIN = 'the decision log cannot be begun yet';

const patience = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref());

async function settled(outside: CheckpointsOutside | undefined): Promise<void> {
  if (outside) await Promise.race([outside.settled(), patience(FAREWELL_MS)]);
}
