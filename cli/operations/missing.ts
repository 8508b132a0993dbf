import { CliError, EXIT } from '../errors.ts';
import { quoted } from './quoted.ts';

/** What must be there before, and how it comes there. */
export function emptyCatalog(): CliError {
  return new CliError(EXIT.precondition, 'the catalog is empty: fill it with "kisum-cli catalog apply"');
}

export function noMember(user: string, company: string): CliError {
  return new CliError(
    EXIT.conflict,
    `${user} is not a member of ${company}: kisum-cli user add ${quoted(user)} ${quoted(company)}`,
  );
}
