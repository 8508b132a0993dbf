import type { Command } from 'commander';

/** Sign, verify, look into and take back bundles. */
export function bundleCommands(_policy: Command): void {}
