import { Help, type Command } from 'commander';
import { run } from '../run.ts';

/** Help in little room: groups follow each other without a blank line, and a command stands there by its name alone. */
export function compactHelp(cli: Command): void {
  cli.configureHelp({
    showGlobalOptions: true,
    subcommandTerm: (command) => command.name(),
    formatHelp: (command, helper) =>
      Help.prototype.formatHelp.call(helper, command, helper).replace(/\n\n(?=[A-Z][^\n]*:\n)/g, '\n'),
  });
}

/** `kisum-cli help token` goes on working without a line of its own in every help. */
export function hiddenHelp(cli: Command): void {
  cli
    .command('help', { hidden: true })
    .argument('[command...]')
    .action((names: string[]) => {
      let command = cli;
      for (const name of names) command = command.commands.find((it) => it.name() === name) ?? command;
      command.outputHelp();
    });
  for (const group of cli.commands) group.helpCommand(false);
}

/** For docs/cli.md. */
export function pageCommand(cli: Command): void {
  cli
    .command('commands', { hidden: true })
    .action(run(async () => ({ text: (await import('./page.ts')).commandsPage(cli) })));
}

/** A group of commands shows how to learn about the first of them. */
export function groupExamples(cli: Command): void {
  for (const group of cli.commands) {
    const [first] = group.commands;
    if (first) group.addHelpText('after', `\nExample:\n  kisum-cli ${group.name()} ${first.name()} --help`);
  }
}
