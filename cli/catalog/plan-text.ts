import pc from 'picocolors';
import type { Difference } from '../../platform/core/plan/differences.ts';
import { breakage } from '../../platform/core/plan/differences.ts';
import type { CatalogChange, CatalogPlan } from '../../platform/core/plan/plan.ts';

const PAINT = { '+': pc.green, '~': pc.yellow, '-': pc.red };

/** A plan for people: what comes (+), changes (~) and goes (-), module by module. */
export function planText({ changes, obstacles, catalogVersion, digest }: CatalogPlan): string {
  if (changes.length === 0 && obstacles.length === 0)
    return `No changes: the database holds what the module folders declare (catalog version ${catalogVersion}).`;
  const breaking = changes.flatMap((change) => change.breaking).length;
  return [
    ...changes.flatMap(changeLines),
    ...obstacles.map((it) => pc.red(`! ${it}`)),
    '',
    `${countText(changes)} on catalog version ${catalogVersion}` +
      (breaking > 0 ? `, ${pc.red(`${breaking} breaking`)}` : ''),
    pc.dim(`plan ${digest}`),
  ].join('\n');
}

/** `2 modules: 1 add, 1 change` */
export function countText(changes: CatalogChange[]): string {
  const kinds = [...new Set(changes.map(({ kind }) => kind))].map(
    (kind) => `${changes.filter((it) => it.kind === kind).length} ${kind}`,
  );
  const modules = new Set(changes.map(({ uid }) => uid)).size;
  return `${modules} ${modules === 1 ? 'module' : 'modules'}${kinds.length > 0 ? `: ${kinds.join(', ')}` : ''}`;
}

function changeLines(change: CatalogChange): string[] {
  const { kind, module, from, to, what } = change;
  switch (kind) {
    case 'add':
      return [pc.green(`+ ${module}`) + ` is new: ${summary(what)}`];
    case 'revive':
      return [pc.green(`+ ${module}`) + ' is back'];
    case 'rename':
      return [
        pc.yellow(`~ ${module}`) +
          ` is renamed from ${from}; permissions, grants, purchases and rows come along`,
      ];
    case 'retype':
      return [pc.yellow(`~ ${module}`) + ` becomes ${to} from ${from}${pc.red('  breaking')}`];
    case 'orphan':
      return [pc.yellow(`~ ${module}`) + ' has no folder any more: it stays as it is, marked orphaned'];
    case 'change':
      return [pc.yellow(`~ ${module}`), ...what.map(differenceLine)];
  }
}

function summary(what: Difference[]): string {
  const parts = [...new Set(what.map(({ part }) => part))].filter(
    (part) => !['module', 'rest'].includes(part),
  );
  return parts.map((part) => `${what.filter((it) => it.part === part).length} ${part}`).join(', ');
}

function differenceLine(difference: Difference): string {
  const { mark, part, name, before, after } = difference;
  const facts =
    mark === '~'
      ? `  ${Object.keys(after!)
          .map((fact) => `${fact}: ${brief(before![fact])} → ${brief(after![fact])}`)
          .join(', ')}`
      : '';
  const why = breakage(difference) ? pc.red('  breaking') : '';
  return PAINT[mark](`    ${mark} ${part} ${name}`) + facts + why;
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
