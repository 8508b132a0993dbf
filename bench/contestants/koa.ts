import { createServer } from 'node:http';
import Koa from 'koa';
import { Pool } from 'undici';
import { answerParent } from '../child.ts';
import { requestHeaders } from '../../gateway/upstream/headers.ts';
import { Relay } from '../../gateway/upstream/relay.ts';
import { listen, type Job } from './job.ts';

/** The gateway's transport alone: Koa, its header lists and its relay, no step of judgement. */
answerParent(async ({ backend }: Job) => {
  const pool = new Pool(backend, { pipelining: 1 });
  const app = new Koa();
  // A generator that ends its run leaves requests behind; Koa would print each.
  app.silent = true;
  app.use((context) => {
    context.respond = false;
    const { req, res } = context;
    const headers = requestHeaders(req.rawHeaders, [], []);
    return new Promise<void>((resolve, reject) => {
      const relay = new Relay({ res, ownHeaders: [], onAnswer: () => {}, resolve, reject });
      pool.dispatch({ method: req.method as 'GET', path: req.url!, headers }, relay);
    });
  });
  const handle = app.callback();
  return { url: await listen(createServer((req, res) => void handle(req, res))) };
});
