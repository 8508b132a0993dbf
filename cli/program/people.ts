import { Option, type Command } from 'commander';
import { run } from '../run.ts';
import { unitCommands } from './units.ts';

/** Who is who, what they bought and what they may do. */
export function peopleCommands(cli: Command): void {
  companyCommands(cli);
  userCommands(cli);
  unitCommands(cli);
  entitlementCommands(cli);
  grantCommands(cli);
  tokenCommands(cli);
}

/** What every writing command takes. */
const actorOption = () => new Option('--as <actor>', 'who makes this change (default: KISUM_ACTOR)');

/** Whose requests need to see what a company buys. */
const readerOption = () => new Option('--for <user>', 'whose minVersion --json has (default: --as)');

function companyCommands(cli: Command): void {
  const company = cli.command('company').description('companies: create, list, show');
  company
    .command('create')
    .description('add a company, which then has nothing yet')
    .argument('<name>')
    .option('--id <uuid>', 'its id (default: a new one)')
    .addOption(actorOption())
    .addHelpText('after', '\nExample:\n  kisum-cli company create Nova --as max')
    .action(
      run(async (name: string, options: object) =>
        (await import('../commands/company.ts')).create(name, options),
      ),
    );
  company
    .command('list')
    .description('every company, with what it has')
    .addHelpText('after', '\nExample:\n  kisum-cli company list')
    .action(run(async () => (await import('../commands/company.ts')).list()));
  company
    .command('show')
    .description('its subscription, add-ons and members')
    .argument('<company>', 'name or id')
    .addHelpText('after', '\nExample:\n  kisum-cli company show acme')
    .action(run(async (name: string) => (await import('../commands/company.ts')).show(name)));
}

function userCommands(cli: Command): void {
  const user = cli.command('user').description('users and their memberships');
  user
    .command('create')
    .description('add a user, a member of no company yet')
    .argument('[name]')
    .usage('<name> --email <address>')
    .option('--email <address>', 'needed; no two users have the same')
    .option('--id <uuid>', 'their id (default: a new one)')
    .addOption(actorOption())
    .addHelpText('after', '\nExample:\n  kisum-cli user create Nia --email nia@nova.example')
    .action(
      run(async (name: string | undefined, options: object) =>
        (await import('../commands/user.ts')).create(name, options),
      ),
    );
  user
    .command('list')
    .description('every user')
    .addHelpText('after', '\nExample:\n  kisum-cli user list')
    .action(run(async () => (await import('../commands/user.ts')).list()));
  user
    .command('show')
    .description('their memberships, and what was granted')
    .argument('<user>', 'name, e-mail or id')
    .addHelpText('after', '\nExample:\n  kisum-cli user show ben')
    .action(run(async (name: string) => (await import('../commands/user.ts')).show(name)));
  user
    .command('add')
    .description('make them a member, or change the membership')
    .argument('<user>', 'name, e-mail or id')
    .argument('<company>', 'name or id')
    .addOption(
      new Option('--role <role>', 'as it is, or MEMBER; a role grants nothing by itself').choices([
        'OWNER',
        'ADMIN',
        'MEMBER',
      ]),
    )
    .addOption(
      new Option('--status <status>', 'as it is, or active').choices(['active', 'invited', 'suspended']),
    )
    .addOption(actorOption())
    .addHelpText('after', '\nExample:\n  kisum-cli user add nia nova --role ADMIN')
    .action(
      run(async (name: string, company: string, options: object) =>
        (await import('../commands/user.ts')).add(name, company, options),
      ),
    );
  user
    .command('remove')
    .description('end a membership, and its grants with it')
    .argument('<user>', 'name, e-mail or id')
    .argument('<company>', 'name or id')
    .addOption(actorOption())
    .addHelpText('after', '\nExample:\n  kisum-cli user remove nia nova')
    .action(
      run(async (name: string, company: string, options: object) =>
        (await import('../commands/user.ts')).remove(name, company, options),
      ),
    );
  user
    .command('revoke-tokens')
    .description('end every token they have')
    .argument('<user>', 'name, e-mail or id')
    .addOption(actorOption())
    .addHelpText('after', '\nExample:\n  kisum-cli user revoke-tokens ben')
    .action(
      run(async (name: string, options: object) =>
        (await import('../commands/user.ts')).revokeTokens(name, options),
      ),
    );
}

const ENTITLE_HELP = `
What runs now is changed to what is said: entitling again without --until takes
the end away, --until moves it, --trial makes it a trial. Nothing running: a
period begins now. A company has one base package; end it with unentitle first.

--until: 2027-01-01 (midnight UTC), 2027-01-01T09:00Z, +12h, +5m, or +30d (so
many whole days, to the next midnight UTC); the first moment outside.

Example:
  kisum-cli entitle acme venue_marketplace --until +30d`;

function entitlementCommands(cli: Command): void {
  cli
    .command('entitle')
    .description('give a company a package or an add-on')
    .argument('<company>', 'name or id')
    .argument('<package|addon>', 'key: basic_promoter, finance, …')
    .option('--until <end>', 'date, moment or +30d (default: without end)')
    .option('--trial', 'a trial, of 30 days unless --until says')
    .addOption(readerOption())
    .addOption(actorOption())
    .addHelpText('after', ENTITLE_HELP)
    .action(
      run(async (company: string, item: string, options: object) =>
        (await import('../commands/entitle.ts')).entitle(company, item, options),
      ),
    );
  cli
    .command('unentitle')
    .description('end it now')
    .argument('<company>', 'name or id')
    .argument('<package|addon>', 'its key')
    .addOption(readerOption())
    .addOption(actorOption())
    .addHelpText('after', '\nExample:\n  kisum-cli unentitle acme finance')
    .action(
      run(async (company: string, item: string, options: object) =>
        (await import('../commands/entitle.ts')).unentitle(company, item, options),
      ),
    );
}

const GRANT_HELP = `
Granting again without --until takes the end away, --until moves it.
--until: 2027-01-01 (midnight UTC), 2027-01-01T09:00Z, +12h, +5m, or +30d (so
many whole days, to the next midnight UTC); the first moment without it.

--as somebody who is a user: policy judges whether they may, and refuses with
exit code 6; "kisum-cli history --refused" lists what was refused.

Example:
  kisum-cli grant ben acme finance finance.expense.create`;

function grantCommands(cli: Command): void {
  cli
    .command('grant')
    .description('let a member enter modules and do things')
    .argument('<user>', 'name, e-mail or id')
    .argument('<company>', 'name or id')
    .argument('<module|permission...>', "keys; 'finance.*' is finance with all its permissions")
    .option('--all', 'each module named with all its permissions')
    .option('--until <end>', 'date, moment or +30d (default: without end)')
    .addOption(actorOption())
    .addHelpText('after', GRANT_HELP)
    .action(
      run(async (user: string, company: string, keys: string[], options: object) =>
        (await import('../commands/grant.ts')).grant(user, company, keys, options),
      ),
    );
  cli
    .command('revoke')
    .description('take such grants away')
    .argument('<user>', 'name, e-mail or id')
    .argument('<company>', 'name or id')
    .argument('<module|permission...>', "keys; 'finance.*' is finance with all its permissions")
    .option('--all', 'each module named with all its permissions')
    .addOption(actorOption())
    .addHelpText('after', '\nExample:\n  kisum-cli revoke ben acme finance --all')
    .action(
      run(async (user: string, company: string, keys: string[], options: object) =>
        (await import('../commands/grant.ts')).revoke(user, company, keys, options),
      ),
    );
  cli
    .command('access')
    .description('what a user may do in a company, and why')
    .argument('<user>', 'name, e-mail or id')
    .argument('<company>', 'name or id')
    .addHelpText('after', '\nExample:\n  kisum-cli access ben acme')
    .action(
      run(async (user: string, company: string) =>
        (await import('../commands/access.ts')).access(user, company),
      ),
    );
  cli
    .command('history')
    .description('what changed, who changed it and when')
    .option('--company <company>', 'only what concerns it')
    .option('--user <user>', 'only what concerns them')
    .option('--refused', 'what policy refused, instead of what changed')
    .option('--limit <n>', 'how many, newest first', '20')
    .addHelpText('after', '\nExample:\n  kisum-cli history --company acme')
    .action(
      run(async (options: { limit: string }) => (await import('../commands/history.ts')).history(options)),
    );
}

function tokenCommands(cli: Command): void {
  cli
    .command('token')
    .description('print a token of the local Auth service')
    .option('--user <name|email|id>', 'whose token')
    .option('--ttl <seconds>', 'how long it lives', '3600')
    .addHelpText('after', '\nExample:\n  kisum-cli token --user ana')
    .action(
      run(async (options: { user?: string; ttl: string }) =>
        (await import('../commands/token.ts')).token(options),
      ),
    );
  cli
    .command('whoami')
    .description('whose token it is, and until when')
    .option('--token <token|->', '- reads stdin (default: KISUM_TOKEN)')
    .addHelpText('after', '\nExample:\n  kisum-cli token --user ana | kisum-cli whoami --token -')
    .action(run(async (options: object) => (await import('../commands/whoami.ts')).whoami(options)));
}
