import type { Command } from 'commander';
import { bundleCommands } from './bundles.ts';
import { impactCommands } from './impact.ts';
import { judgeCommands } from './judge.ts';
import { proofCommands } from './proof.ts';
import { reloadCommands } from './reload.ts';
import { toolCommands } from './tools.ts';

/** The policies in `policies/kisum`: written, proved, compared, supplied, explained. */
export function policyCommands(cli: Command): void {
  const policy = cli.command('policy').description('the policies in policies/kisum');
  toolCommands(policy);
  proofCommands(policy);
  impactCommands(policy);
  bundleCommands(policy);
  reloadCommands(policy);
  judgeCommands(policy);
}
