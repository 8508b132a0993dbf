import { once } from 'node:events';
import { openSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CORE, pinned } from './machine.ts';

/** One process under test. Its standard output, so the request log, goes to /dev/null through a real descriptor. */
export interface Child {
  pid: number;
  /** Sends a message and waits for the answer to it. */
  ask<Answer>(message: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** As `npm run gateway` has it, for every contestant alike. */
const YOUNG_SPACE = '--max-semi-space-size=32';

/** Starts a file of this folder on the servers' core; `job` is the first thing it is asked. */
export async function startChild<Answer>(
  file: string,
  job: object,
): Promise<{ child: Child; answer: Answer }> {
  const script = join(import.meta.dirname, file);
  const [program, args] = pinned(CORE.server, [process.execPath, '--expose-gc', YOUNG_SPACE, script]);
  const stdout = openSync('/dev/null', 'w');
  const running = spawn(program, args, { stdio: ['ignore', stdout, 'inherit', 'ipc'] });
  const ended = once(running, 'exit');
  const child: Child = {
    pid: running.pid!,
    async ask<Reply>(message: object): Promise<Reply> {
      running.send(message);
      const reply = await Promise.race([once(running, 'message'), ended.then(() => undefined)]);
      if (!reply) throw new Error(`${file} ended: see its error above`);
      return reply[0] as Reply;
    },
    async stop() {
      running.kill('SIGKILL');
      await ended;
    },
  };
  return { child, answer: await child.ask<Answer>(job) };
}

/** The other side of `ask`: answers each message with what `handle` makes of it. */
export function answerParent<Message>(handle: (message: Message) => Promise<object>): void {
  process.on('message', (message) => {
    void handle(message as Message).then((answer) => process.send!(answer));
  });
}
