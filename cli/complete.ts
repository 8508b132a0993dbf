import tab from '@bomb.sh/tab';
import attach from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** The library's own way to print the script; ours is `completion`. */
const UNUSED = 'completion-script';

/**
 * Adds the hidden command that the shell's script asks: `complete -- <what was typed>`.
 * @param typed the words of the command line that is being typed
 */
export function addComplete(cli: Command, typed: string[]): void {
  attach(cli, { completionCommandName: UNUSED });
  tab.commands.delete(UNUSED);
  typedFirst(typed.join(' '));
}

/** The library takes a flag for that of the first command that has one of its name, so the typed command comes first. */
function typedFirst(line: string): void {
  const all = [...tab.commands].sort(([a], [b]) => b.length - a.length);
  const typed = all.find(([name]) => name !== '' && `${line} `.startsWith(`${name} `));
  if (!typed) return;
  const others = [...tab.commands].filter(([name]) => name !== typed[0]);
  tab.commands.clear();
  for (const [name, command] of [typed, ...others]) tab.commands.set(name, command);
}
