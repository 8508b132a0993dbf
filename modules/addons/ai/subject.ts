import type { Handler, ModuleRequest, Row } from '../../kit/index.ts';

type Transaction = Parameters<Parameters<ModuleRequest['transaction']>[0]>[0];

/** A row that was found, as JSON, and how well it fits. */
export interface Found {
  row: Row;
  rank: number;
}

export interface Wanted {
  company: string;
  /** As `to_tsquery` takes it. */
  query: string;
  limit: number;
}

/** One kind of data that chat, MCP and RAG can speak of. Whoever may not see it never gets hold of it. */
export interface Subject {
  entity: string;
  plural: string;
  title: string;
  seenBy: (request: ModuleRequest) => boolean;
  list: Handler;
  count: (tx: Transaction, company: string) => Promise<number>;
  /**
   * The best among the company's newest 2000 rows. There is no index over their words: behind row security PostgreSQL
   * would not use one, because a text match may look at a row only after its company was checked.
   */
  find: (tx: Transaction, wanted: Wanted) => Promise<Found[]>;
  /** The row as a person would say it. */
  sentence: (row: Record<string, string | number | null>) => string;
}

/** The number in a `count(*)`. */
export function counted(rows: { count?: string | number }[]): number {
  return Number(rows[0]?.count ?? 0);
}

/** Values that are there, as text. */
export function said(...parts: unknown[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join(' ');
}
