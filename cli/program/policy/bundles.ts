import type { Command } from 'commander';
import { run } from '../../run.ts';

const PLACE = 'archive or folder; by default the committed bundle';

/** Sign, verify and look into bundles. */
export function bundleCommands(policy: Command): void {
  policy
    .command('sign')
    .description('sign a bundle that holds, into one archive')
    .usage('--key <file> --out <file> [options]')
    .option('--key <file>', 'private key, PEM or JWK(S); `keys policy` makes one')
    .option('--out <file>', 'where the signed archive goes')
    .option('--bundle <place>', PLACE)
    .option('--keyid <name>', "the key's name, where several may verify")
    .addHelpText('after', '\nExample:\n  kisum-cli policy sign --key policy-signing.pem --out bundle.tar.gz')
    .action(run(async (options: object) => (await import('../../commands/policy-bundle.ts')).sign(options)));
  policy
    .command('verify [bundle]')
    .description('open a bundle as the gateway would: does it hold?')
    .option('--key <file>', 'public key or keys, PEM or JWKS; by default POLICY_VERIFY_KEY')
    .addHelpText('after', '\nExample:\n  kisum-cli policy verify bundle.tar.gz --key policy-verify.pem')
    .action(
      run(async (place: string | undefined, options: object) =>
        (await import('../../commands/policy-bundle.ts')).verify(place, options),
      ),
    );
  policy
    .command('inspect [bundle]')
    .description('what a bundle says of itself, unverified')
    .addHelpText('after', '\nExample:\n  kisum-cli policy inspect bundle.tar.gz')
    .action(
      run(async (place: string | undefined) =>
        (await import('../../commands/policy-bundle.ts')).inspect(place),
      ),
    );
}
