import type { Command } from 'commander';

/** What a change does to people. */
export function impactCommands(_policy: Command): void {}
