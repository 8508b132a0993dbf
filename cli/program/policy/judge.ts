import type { Command } from 'commander';

/** Explain one decision. */
export function judgeCommands(_policy: Command): void {}
