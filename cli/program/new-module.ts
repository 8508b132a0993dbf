import type { Command } from 'commander';
import type { NewModuleOptions } from '../scaffold/missing.ts';
import { run } from '../run.ts';
import { ENTITY_GRAMMAR } from '../scaffold/entity-grammar.ts';

const EXAMPLE = `
Example:
  kisum-cli new module market --title Market --owner team-market \\
    --purpose 'Contracts, deals and the negotiations that lead to them.' \\
    --entity 'contract:title=text(120),signed_on=date?' \\
    --entity 'deal:amount=money,currency=currency,status=open>signed>closed,contract_id=contract?' \\
    --must-not 'keep a copy of events' --register

${ENTITY_GRAMMAR}`;

/** `new module`. */
export function newModuleCommand(make: Command): void {
  make
    .command('module')
    .description('make a module of the standard structure')
    .argument('[key]', 'the prefix of its routes and permissions')
    .option('--type <base|addon>', 'base: the persona of a company (default: addon)')
    .option('--title <text>', 'its name, as people read it')
    .option('--owner <team>', 'the team that answers for it')
    .option('--purpose <text>', 'what it is for')
    .option('--entity <spec>', 'what it owns (repeatable)', collected)
    .option('--reads <module.entity:why>', "another module's entity (repeatable)", collected)
    .option('--must-not <text>', 'what it never does (repeatable)', collected)
    .option('--sold-with <bases>', 'base modules an add-on is sold with (default: all)')
    .option('--from <file|->', 'a whole module.yaml instead of all these')
    .option('--dry-run', 'print the patch, write nothing')
    .option('--register', 'and bring it into the catalog')
    .option('--as <actor>', 'who registers it (default: KISUM_ACTOR)')
    .option('--no-input', 'ask nothing, also on a terminal')
    .addHelpText('after', EXAMPLE)
    .action(
      run(async (key: string | undefined, options: NewModuleOptions) =>
        (await import('../commands/new-module.ts')).newModule(key, options),
      ),
    );
}

function collected(value: string, before: string[] = []): string[] {
  return [...before, value];
}
