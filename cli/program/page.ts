import type { Command } from 'commander';
import { EXIT } from '../errors.ts';

const MEANING: Record<keyof typeof EXIT, string> = {
  ok: 'done, or nothing to do',
  findings: 'something was found: a broken rule, drift, a failed test',
  usage: 'wrong usage: flags, names, syntax; all faults at once',
  conflict: 'a conflict: it exists differently, a stale plan, marks left by a merge',
  precondition: 'cannot be examined: a tool is missing, nothing was found to look at',
  outside: 'something outside is in the way: database, port, another process',
  refused: 'whoever makes the change may not: `--json` has the reasons',
  pending: 'changes are pending, where a flag asks for this code',
  bug: 'a bug of kisum-cli',
  interrupted: 'interrupted',
};

/** Every command on one page: docs/cli.md. */
export function commandsPage(cli: Command): string {
  const codes = Object.entries(EXIT).map(
    ([name, code]) => `| ${code} | ${MEANING[name as keyof typeof EXIT]} |`,
  );
  return [
    '# kisum-cli',
    '',
    'Made from the commands themselves: `npx kisum-cli commands > docs/cli.md`. Each has `--help`; `--json` prints one',
    'document on stdout, whatever happens. Writes take `--as <who>` (or `KISUM_ACTOR`): history keeps who made them. Where',
    'that is a user, policy judges `grant`, `revoke`, `entitle`, `unentitle` and `user add`, `remove` and `limit`; any other',
    'name is an operator, whom nothing judges ([delegation](decisions/delegation.md)).',
    '',
    '| command | what it does | example |',
    '|---|---|---|',
    ...leaves(cli).map(
      ([name, command]) => `| \`${name}\` | ${command.description()} | ${exampleOf(command)} |`,
    ),
    '',
    '| exit code | meaning |',
    '|--:|---|',
    ...codes,
  ].join('\n');
}

function leaves(parent: Command, name = ''): [string, Command][] {
  return parent
    .createHelp()
    .visibleCommands(parent)
    .flatMap((command) => {
      const full = `${name} ${command.name()}`.trim();
      return command.commands.length > 0 ? leaves(command, full) : [[full, command] as [string, Command]];
    });
}

function exampleOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  const [, first = ''] = /^Examples?:\n((?: {2}.*\\\n)* {2}.*)/m.exec(help) ?? [];
  const line = first.replaceAll(/\s*\\\n\s*/g, ' ').trim();
  return `\`${line.replaceAll('|', '\\|')}\``;
}
