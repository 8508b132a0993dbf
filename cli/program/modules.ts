import type { Command } from 'commander';

/** Make modules, and keep them at the template's version. */
export function moduleCommands(_cli: Command): void {}
