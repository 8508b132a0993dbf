import { CliError, EXIT } from '../errors.ts';
import { NEEDED, missingIn, type AnswerOptions } from './answers.ts';

export interface NewModuleOptions extends AnswerOptions {
  /** A whole manifest instead of answers; `-`: from stdin. */
  from?: string;
  dryRun?: boolean;
  register?: boolean;
  as?: string;
  /** False under --no-input. */
  input: boolean;
}

/** Names every flag that is missing, at once. */
export function isMissing(key: string | undefined, options: NewModuleOptions): CliError {
  const named = missingIn(options).map((name) => NEEDED[name].flag);
  const flags = [...(key === undefined ? ['<key>'] : []), ...named];
  return new CliError(
    EXIT.usage,
    `these are missing: ${flags.join(', ')}\n(kisum-cli new module --help says what they mean; --from takes a whole module.yaml)`,
  );
}
