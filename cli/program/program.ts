import { Command } from 'commander';
import { cliVersion } from '../version.ts';
import { catalogCommands } from './catalog.ts';
import { conformanceCommands } from './conformance.ts';
import { compactHelp, groupExamples, hiddenHelp, pageCommand } from './help.ts';
import { moduleCommands } from './modules.ts';
import { peopleCommands } from './people.ts';
import { keyCommands } from './keys.ts';
import { logCommands } from './log.ts';
import { policyCommands } from './policy/policy.ts';
import { runCommands } from './running.ts';

/** Every command; each is loaded when it is used. */
export function program(): Command {
  const cli = new Command('kisum-cli')
    .description('Policy-as-code access for Kisum: run it, try it, build behind it.')
    .version(cliVersion())
    .option('--json', 'one JSON document on stdout, whatever happens')
    .option('--debug', 'say all that is known of a failure')
    .showHelpAfterError('(kisum-cli --help lists the commands)')
    .exitOverride();
  compactHelp(cli);
  runCommands(cli.commandsGroup('Run:'));
  moduleCommands(cli.commandsGroup('Build modules:'));
  conformanceCommands(cli.commandsGroup('Check modules:'));
  catalogCommands(cli.commandsGroup('Catalog:'));
  peopleCommands(cli.commandsGroup('Companies and people:'));
  policyCommands(cli.commandsGroup('Policy and keys:'));
  logCommands(cli);
  keyCommands(cli);
  groupExamples(cli);
  hiddenHelp(cli);
  pageCommand(cli);
  return cli;
}
