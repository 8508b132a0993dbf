import tab from '@bomb.sh/tab';
import attach from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** The library's own way to print the script; ours is `completion`. */
const UNUSED = 'completion-script';

/** Adds the hidden command that the shell's script asks: `complete -- <what was typed>`. */
export function addComplete(cli: Command): void {
  attach(cli, { completionCommandName: UNUSED });
  tab.commands.delete(UNUSED);
}
