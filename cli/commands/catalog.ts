import { actor } from '../actor.ts';
import { countsOf, declaredManifests } from '../catalog/declared.ts';
import { digestIn, savePlan } from '../catalog/plan-file.ts';
import { countText, planText } from '../catalog/plan-text.ts';
import { CliError, EXIT } from '../errors.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';
import type { CatalogPlan } from '../../platform/core/plan/plan.ts';

export interface PlanOptions {
  detailedExitcode?: boolean;
  out?: string;
}

export interface ApplyOptions {
  plan?: string;
  yes?: boolean;
  allowBreaking?: boolean;
  allowTypeChange?: boolean;
  as?: string;
}

/** What `catalog apply` would change. Changes nothing. */
export async function plan({ detailedExitcode = false, out }: PlanOptions): Promise<Outcome> {
  const examined = countsOf(declaredManifests());
  const planned = await perform('plan-catalog', {});
  if (out) await savePlan(out, planned);
  const pending = planned.changes.length > 0 || planned.obstacles.length > 0;
  return {
    text: out
      ? `${planText(planned)}\nkept in ${out}: kisum-cli catalog apply --plan ${out}`
      : planText(planned),
    data: planned,
    examined,
    exitCode: detailedExitcode && pending ? EXIT.pending : EXIT.ok,
  };
}

/**
 * Brings the catalog to what the module folders declare, all of it or nothing. Safe to repeat: what is right stays
 * untouched. On a terminal it shows the plan and asks first, unless told not to.
 */
export async function apply(options: ApplyOptions): Promise<Outcome> {
  const examined = countsOf(declaredManifests());
  const digest = options.plan ? await digestIn(options.plan) : await confirmed(options);
  const { allowBreaking = false, allowTypeChange = false } = options;
  const done = await perform('apply-catalog', {
    actor: actor(options),
    allowBreaking,
    allowTypeChange,
    ...(digest === undefined ? {} : { digest }),
  });
  const { changes } = done;
  return { text: changes.length === 0 ? planText(done) : appliedText(done), data: done, examined };
}

function appliedText(done: CatalogPlan): string {
  const changed = done.changes.filter(({ kind }) => kind === 'change' || kind === 'rename');
  const names = changed.map(({ module }) => module).join(', ');
  return [
    planText(done),
    `applied ${countText(done.changes)}`,
    ...(names ? [`a backend that runs stays as it began: start it again (${names})`] : []),
  ].join('\n');
}

/** The digest of the plan that somebody at a terminal said yes to; nothing where nobody is there to be asked. */
async function confirmed({ yes = false }: ApplyOptions): Promise<string | undefined> {
  if (yes || !process.stdin.isTTY || !process.stderr.isTTY || process.env.CI) return undefined;
  const planned = await perform('plan-catalog', {});
  if (planned.changes.length === 0) return planned.digest;
  process.stderr.write(`${planText(planned)}\n`);
  const { confirm } = await import('@clack/prompts');
  const answer = await confirm({ message: 'Apply this?', initialValue: false, output: process.stderr });
  if (answer !== true) throw new CliError(EXIT.interrupted, 'nothing was applied');
  return planned.digest;
}
