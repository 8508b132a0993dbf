import { digestOf } from '../canonical.ts';
import type { CatalogData } from '../contract.ts';

/** SHA-256 of a catalog with its keys sorted, hex: equal catalogs have equal digests, whoever made them. */
export const catalogDigest = (data: CatalogData): string => digestOf(data);

/** A catalog as a line of the log. */
export interface CatalogLine {
  digest: string;
  /** With its line end. */
  text: string;
}

export function catalogLine(data: CatalogData): CatalogLine {
  const digest = catalogDigest(data);
  return { digest, text: `${JSON.stringify({ catalog: { digest, data } })}\n` };
}
