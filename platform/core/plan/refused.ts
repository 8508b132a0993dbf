/** A plan that is not carried out; says what to do instead. Nothing was changed. */
export class CatalogRefused extends Error {
  override name = 'CatalogRefused';
}
