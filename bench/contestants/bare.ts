import { createServer, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';
import { answerParent } from '../child.ts';
import { listen, type Job } from './job.ts';

/** The yardstick: node:http in, undici out, the answer written straight through, and nothing else. */
answerParent(async ({ backend }: Job) => {
  const pool = new Pool(backend, { pipelining: 1 });
  const server = createServer((req, res) => {
    const { method, url, headers } = req;
    pool.dispatch(
      { method: method as 'GET', path: url!, headers: { ...headers, connection: undefined } },
      relay(res),
    );
  });
  return { url: await listen(server) };
});

function relay(res: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart() {},
    onResponseStart(_, status, headers) {
      delete headers['connection'];
      res.writeHead(status, headers);
    },
    onResponseData(_, chunk) {
      res.write(chunk);
    },
    onResponseEnd() {
      res.end();
    },
    onResponseError(_, error) {
      res.destroy(error);
    },
  };
}
