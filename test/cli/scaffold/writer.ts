/** A process that writes one planned module, and may be killed on the way: `writer.ts <root> <plan.json> [step]`. */
import fs from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [root, planFile, step = ''] = process.argv.slice(2);
const fatal = Number(step);
let steps = 0;

/** Dies before the given step, as by a power cut: nothing of this process runs after it. */
function next(): void {
  steps += 1;
  if (steps === fatal) process.kill(process.pid, 'SIGKILL');
}

type Work = (...args: unknown[]) => Promise<unknown>;
const changing = fs as unknown as Record<string, Work>;
for (const name of ['mkdir', 'open', 'rename', 'rm', 'link', 'writeFile']) {
  const work = changing[name]!;
  changing[name] = async (...args) => {
    next();
    const result = await work.apply(fs, args);
    return name === 'open' ? stepping(result as object) : result;
  };
}
syncBuiltinESMExports();

function stepping(file: object): object {
  return new Proxy(file, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        next();
        return (value as Work).apply(target, args);
      };
    },
  });
}

const { writeModule } = await import('../../../cli/scaffold/write.ts');
await writeModule(root!, JSON.parse(readFileSync(planFile!, 'utf8')) as never).then(
  () => process.stdout.write(`${steps}\n`),
  (error: Error & { exitCode?: number }) => {
    process.stderr.write(error.message);
    process.exitCode = error.exitCode ?? 70;
  },
);
