import pc from 'picocolors';
import type { Check } from '../doctor/check.ts';
import { dataChecks } from '../doctor/data.ts';
import { portChecks } from '../doctor/ports.ts';
import { projectChecks } from '../doctor/project.ts';
import { toolChecks } from '../doctor/tools.ts';
import { EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';

/** Whether everything needed is there, and how to get what is not. Exit 4 when something needed is missing. */
export async function doctor(): Promise<Outcome> {
  const checks = (await Promise.all([toolChecks(), dataChecks(), projectChecks(), portChecks()])).flat();
  const lacking = checks.filter((check) => check.needed && !check.ok).length;
  const verdict = lacking === 0 ? 'All that is needed is there.' : `Needed and missing: ${lacking}`;
  return {
    text: [...checks.map(lines), '', verdict].join('\n'),
    data: { checks },
    examined: { checks: checks.length },
    exitCode: lacking === 0 ? EXIT.ok : EXIT.precondition,
  };
}

function lines({ name, ok, needed, found, fix }: Check): string {
  const word = ok ? pc.green('ok      ') : needed ? pc.red('missing ') : pc.yellow('optional');
  const first = `${word}  ${name}: ${found.replaceAll('\n', '\n          ')}`;
  return fix === undefined ? first : `${first}\n          → ${fix}`;
}
