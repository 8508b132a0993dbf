import type { CatalogState } from '../../platform/core/plan/state.ts';
import type { Parts } from '../../platform/core/plan/entry.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';

/** The database's catalog; equal catalogs give equal bytes, whichever database they stand in. */
export interface CatalogExport {
  schema: 'kisum.catalog/v1';
  /** By key. */
  modules: Record<string, ExportedModule>;
}

interface ExportedModule {
  uid: string;
  type: Manifest['type'];
  title: string;
  purpose: string;
  status: 'active' | 'orphaned';
  templateVersion: string | null;
  manifestSha256: string | null;
  services: string[];
  permissions: Parts['permission'];
  entities: Parts['entity'];
  fields: Parts['field'];
  reads: string[];
  routes: Parts['route'];
  sale: Parts['sale'];
}

export function exportOf({ entries }: CatalogState): CatalogExport {
  const modules = entries.map(({ uid, key, type, status, templateVersion, manifestSha256, parts }) => {
    const { title = '', purpose = '' } = parts.module[key] as { title?: string; purpose?: string };
    const exported: ExportedModule = {
      uid,
      type,
      title,
      purpose,
      status,
      templateVersion,
      manifestSha256,
      services: Object.keys(parts.service).sort(),
      permissions: sorted(parts.permission),
      entities: sorted(parts.entity),
      fields: sorted(parts.field),
      reads: Object.keys(parts.read).sort(),
      routes: sorted(parts.route),
      sale: sorted(parts.sale),
    };
    return [key, exported] as const;
  });
  return { schema: 'kisum.catalog/v1', modules: Object.fromEntries(modules) };
}

/** By name, and each with its facts by name. */
function sorted(items: Parts['route']): Parts['route'] {
  const byName = <T>(facts: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return byName(Object.fromEntries(Object.entries(items).map(([name, facts]) => [name, byName(facts)])));
}
