import type { Command } from 'commander';

/** Hold modules to the standard structure. */
export function conformanceCommands(_cli: Command): void {}
