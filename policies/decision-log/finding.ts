/** What verification finds, and where. */

export type FindingKind =
  /** The bytes of a batch, or of its seal, are not those that were sealed. */
  | 'changed'
  /** Batches that do not follow each other. */
  | 'order'
  /** A part, a batch or a whole chain is not there. */
  | 'missing'
  /** The same part is there twice. */
  | 'twice'
  /** Lines where no line can be. */
  | 'inserted'
  /** The log ends before a checkpoint that was held outside. */
  | 'truncated'
  /** A checkpoint that none of the keys signed, or that says something else than the log. */
  | 'checkpoint'
  /** A part that should be signed, and is not. */
  | 'unsigned'
  /** The log's own figures do not add up. */
  | 'account';

export interface LogFinding {
  kind: FindingKind;
  file: string;
  /** From 1; with `to`, the first of several. */
  line: number;
  to?: number;
  chain?: string;
  /** Of the batch. */
  seq?: number;
  message: string;
}
