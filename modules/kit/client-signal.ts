import type { ServerResponse } from 'node:http';

/** Aborts when the client goes away before its answer is whole. */
export function clientSignal(res: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (res.destroyed) gone.abort();
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return gone.signal;
}
