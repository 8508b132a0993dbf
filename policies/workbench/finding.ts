/** What is wrong with the policies, in one shape whichever tool saw it. */
import { dirname } from 'node:path';

export interface PolicyFinding {
  /** `opa/test`, `regal/style/line-length`. */
  rule: string;
  severity: 'error' | 'warn';
  /** The package it belongs to, as its folder says: `kisum.grant`. */
  package: string;
  /** From the project's root: `policies/kisum/grant/grant.rego`. */
  file: string;
  /** From 1. */
  line?: number;
  col?: number;
  message: string;
  fix: string;
}

/** @param file from `policies/`, slash-separated */
export function findingIn(
  file: string,
  found: Omit<PolicyFinding, 'severity' | 'package' | 'file'>,
): PolicyFinding {
  return { severity: 'error', package: packageOf(file), file: `policies/${file}`, ...found };
}

/** Path = package; a test counts to the package it tests. */
export function packageOf(file: string): string {
  return dirname(file).replaceAll('/', '.');
}
