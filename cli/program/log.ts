import type { Command } from 'commander';

/** The decision log. */
export function logCommands(_cli: Command): void {}
