import type { Rule } from '../rule.ts';
import type { Fact } from './facts.ts';

/** What a fact is judged by. */
export interface Surroundings {
  /** The module that is audited. */
  key: string;
  /** Every other module and what it owns, from the manifests. */
  others: { key: string; entities: string[] }[];
  /** Entities that the audited module owns by its own manifest. */
  own: Set<string>;
  /** Tables that the audited folder itself creates, without schema. */
  created: Set<string>;
  /** What the fact's file imports. */
  imports: string[];
}

export interface AuditRule extends Rule {
  kind: 'audit';
  /** Says what is wrong with a fact, or nothing. */
  fault: (fact: Fact, surroundings: Surroundings) => string | undefined;
}
