import type { AccessReport, ModuleAccess, PermissionAccess } from '../operations/access.ts';
import { perform } from '../operations/perform.ts';
import type { Outcome } from '../outcome.ts';
import { KIND, periodText } from './period.ts';
import { limitText } from './units.ts';

/** What the user may do there, and for each module and permission what it stands on or what is missing. */
export async function access(user: string, company: string): Promise<Outcome> {
  const report = await perform('show-access', { user, company });
  const { modules, permissions } = report;
  return {
    text: textOf(report),
    data: report,
    examined: { modules: modules.length, permissions: permissions.length },
  };
}

function textOf({ user, company, membership, revision, modules, permissions }: AccessReport): string {
  const limit = membership?.units ? `, limited to ${limitText(membership.units)}` : '';
  const standing = membership ? `${membership.role}, ${membership.status}${limit}` : 'no membership';
  const allowed = modules.filter((module) => module.allowed);
  const refused = modules.filter((module) => !module.allowed);
  return [
    `${user.name} in ${company.name}: ${standing} (policy ${revision})`,
    '',
    'May use',
    ...(allowed.length === 0 ? ['  nothing'] : []),
    ...allowed.flatMap((module) => allowedLines(module, permissions)),
    'May not use',
    ...(refused.length === 0 ? ['  nothing is missing'] : []),
    ...refused.map((module) => `  ${module.key}: ${module.missing.join(', ')}; ${layers(module)}`),
  ].join('\n');
}

function allowedLines(module: ModuleAccess, all: PermissionAccess[]): string[] {
  const own = all.filter((permission) => permission.module === module.key);
  return [
    `  ${module.key}: ${layers(module)}`,
    ...own.map(
      ({ key, allowed, grantedUntil, missing }) =>
        `    ${allowed ? 'yes' : 'no '}  ${key}${until(grantedUntil)}${why(missing)}`,
    ),
  ];
}

const why = (missing: string[]): string => (missing.length === 0 ? '' : `: ${missing.join(', ')}`);

const until = (end: string | null): string => (end === null ? '' : ` until ${end}`);

/** `bought as add-on finance (active, without end), granted`. */
function layers({ bought, granted, grantedUntil }: ModuleAccess): string {
  const periods = bought.map((period) => `${KIND[period.kind]} ${period.key} (${periodText(period)})`);
  const buying = periods.length === 0 ? 'not bought' : `bought as ${periods.join(' and ')}`;
  return `${buying}, ${granted ? `granted${until(grantedUntil)}` : 'not granted'}`;
}
