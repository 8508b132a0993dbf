import type { Finding } from '../../outcome.ts';
import type { Rule } from '../rule.ts';

/** What a check looked at and what it found, before it is written in one format or another. */
export interface Report {
  /** What was done, as its command: `kisum-cli audit`. */
  title: string;
  findings: Finding[];
  /** Every rule that was applied, broken or not. */
  rules: Rule[];
  /** The modules that were examined, with or without findings. */
  modules: string[];
  /** How much was looked at, by kind: `{ files: 61 }`. */
  examined: Record<string, number>;
  /** What ought to have been looked at and was not. */
  notExamined?: NotExamined[];
}

export interface NotExamined {
  /** A file from the project's root, or whatever else was meant to be looked at. */
  what: string;
  why: string;
}

/** Findings come sorted, each with its fingerprint. Pure: equal reports give equal bytes. */
export type Format = (report: Report) => string;
