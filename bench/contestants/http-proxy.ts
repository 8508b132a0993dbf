import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';
import { answerParent } from '../child.ts';
import { listen, type Job } from './job.ts';

/** What most Node gateways are made of, without any authorization. */
answerParent(async ({ backend }: Job) => {
  const proxy = httpProxy.createProxyServer({ target: backend, agent: new Agent({ keepAlive: true }) });
  proxy.on('error', (_, __, res) => res.destroy());
  return { url: await listen(createServer((req, res) => proxy.web(req, res))) };
});
