/** One thread of a proof: examines its share of the blocks and tells how far it is. */
import { parentPort, workerData } from 'node:worker_threads';
import { examineShare, type Share } from './share.ts';

const port = parentPort;
if (port) {
  const examined = examineShare(workerData as Share, (cells) => port.postMessage({ cells }));
  port.postMessage({ examined });
}
