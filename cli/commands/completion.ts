import console from 'node:console';
import tab from '@bomb.sh/tab';
import type { Outcome } from '../outcome.ts';

/** For the shell to source: at each Tab it asks `kisum-cli complete -- <what was typed>`. */
export function completion(shell: string): Promise<Outcome> {
  const program = `node ${quoted(process.argv[1]!)}`;
  const script = printed(() => tab.setup('kisum-cli', program, shell));
  return Promise.resolve({ text: script, data: { shell, script } });
}

/** The library prints its script; a command ends with an outcome. */
function printed(work: () => void): string {
  const lines: unknown[] = [];
  const own = { ...console };
  console.log = (line: unknown) => void lines.push(line);
  try {
    work();
  } finally {
    Object.assign(console, own);
  }
  return lines.join('\n');
}

const quoted = (path: string): string => (/^[\w./\\:@+-]+$/.test(path) ? path : `'${path}'`);
