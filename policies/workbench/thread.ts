import { Worker } from 'node:worker_threads';

/**
 * A thread that runs a file of ours, from the sources or as built.
 * @param file `import.meta.resolve('./worker.ts')`; built, it ends in `.js`
 */
export function startThread(file: string, workerData: unknown): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL(file.replace(/\.ts$/, '.js')), { workerData });
  // From the sources a thread must be taught TypeScript before it can load them.
  const tsx = import.meta.resolve('tsx/esm/api');
  const code = `import('${tsx}').then((it) => it.register()).then(() => import('${file}'))`;
  return new Worker(code, { workerData, eval: true });
}
