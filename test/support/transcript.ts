import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';

export interface Exchange {
  command: string;
  answer: string;
}

/** What a console block types, and what it says comes back; `…` stands for anything. */
export function exchangesIn(block: string): Exchange[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => ({
      command: part.slice(0, part.indexOf('\n')),
      answer: part.slice(part.indexOf('\n') + 1).trimEnd(),
    }));
}

const END = '---- end of the answer ----';

/** One shell for a whole transcript, as a reader has it. */
export class TranscriptShell {
  readonly #shell;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';

  constructor(cwd: string, env: Record<string, string>) {
    this.#shell = spawn('bash', { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#shell.stderr.on('data', (chunk: Buffer) => (this.#complaints += chunk.toString('utf8')));
    this.#lines = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]();
  }

  /** Types a command and expects its answer. */
  async expects({ command, answer }: Exchange): Promise<void> {
    this.#complaints = '';
    const said = await this.type(command);
    expect(said, `${command}\n${this.#complaints}`).to.match(pattern(answer));
  }

  /** Types a command. @returns what it printed */
  async type(command: string): Promise<string> {
    this.#shell.stdin.write(`${command}\necho\necho '${END}'\n`);
    const said: string[] = [];
    for (;;) {
      const { value, done } = (await this.#lines.next()) as IteratorResult<string, undefined>;
      if (done) throw new Error(`the shell ended at ${command}:\n${said.join('\n')}\n${this.#complaints}`);
      if (value === END) return said.join('\n').trim();
      said.push(value);
    }
  }

  async end(): Promise<void> {
    this.#shell.stdin.end();
    this.#shell.kill();
    await once(this.#shell, 'close').catch(() => {});
  }
}

function pattern(answer: string): RegExp {
  return new RegExp(`^${answer.split('…').map(escaped).join('[^]*')}$`);
}

function escaped(literal: string): string {
  return literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
