import type { Layer, Remedy } from '../../policies/contract.ts';
import type { Bought } from '../../platform/core/companies.ts';
import { columns } from '../columns.ts';
import { KIND, periodText } from '../commands/period.ts';
import type { Plain } from '../operations/plain.ts';
import type { Judgement } from './judgement.ts';

type Period = Plain<Bought>;

/** Each layer on a line: whether it holds, how it stands, on what. */
export function layerLines({ layers }: Judgement, bought: Period[]): string {
  const rows = layers.map((layer) => [
    `  ${layer.layer.replace('_', ' ')}`,
    layer.holds === null ? '-' : layer.holds ? 'yes' : 'NO',
    layer.standing,
    factText(layer, bought),
  ]);
  return columns(rows);
}

/** The remedies, each as what somebody would do. */
export function remedyLines(remedies: Remedy[]): string[] {
  return remedies.map((remedy) => `  ${remedy.who}: ${remedyText(remedy)}`);
}

function remedyText({ type, packages = [], addon = '', module = '', permission = '' }: Remedy): string {
  const anyPackage = packages.join(' or ');
  switch (type) {
    case 'add_member':
      return 'add the user to the company';
    case 'activate_membership':
      return 'activate the membership';
    case 'add_subscription':
      return `subscribe to ${anyPackage}`;
    case 'renew_subscription':
      return `renew ${anyPackage}`;
    case 'change_base':
      return `change the base to ${anyPackage}`;
    case 'end_subscription':
      return `end ${anyPackage}`;
    case 'add_addon':
      return `buy the add-on ${addon}`;
    case 'renew_addon':
      return `renew the add-on ${addon}`;
    case 'grant_module':
      return `grant the module ${module}`;
    case 'grant_permission':
      return `grant the permission ${permission}`;
  }
}

function factText({ layer, facts }: Layer, bought: Period[]): string {
  switch (layer) {
    case 'entry':
      return wordOf(facts['route']);
    case 'membership':
      return '';
    case 'base':
      return rowsText(facts['subscriptions'], bought);
    case 'entitlement':
      return [facts['module'], rowsText(facts['addons'], bought), rowsText(facts['subscriptions'], bought)]
        .filter(Boolean)
        .join(': ');
    case 'module_grant':
      return wordOf(facts['module']);
    case 'action':
      return wordOf(facts['permission'] ?? facts['entity']);
  }
}

const wordOf = (fact: unknown): string => (typeof fact === 'string' ? fact : '');

/** The rows policy read, with the dates it never sees. */
function rowsText(rows: unknown, bought: Period[]): string {
  const keys = new Set(
    ((rows ?? []) as { addon?: string; package?: string }[]).map((it) => it.addon ?? it.package),
  );
  const periods = bought.filter(({ key }) => keys.has(key));
  return periods.map((period) => `${KIND[period.kind]} ${period.key} (${periodText(period)})`).join(', ');
}
