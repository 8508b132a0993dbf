import { basename } from 'node:path';
import { anyOf, inBoth, inCode, rule, type StaticRule } from '../rule.ts';

const KEYS: [what: string, pattern: RegExp][] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36}\b/],
  ['a live key of a payment service', /\b[rs]k_live_[A-Za-z0-9]{16,}\b/],
  ['a signed token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/],
  ['a password in an address', /\b[a-z][a-z+]*:\/\/[^\s:/@'"`$]+:[^\s:/@'"`$]{3,}@/],
];
const SECRET_NAME =
  /(?:secret|password|passwd|api_?key|access_?key|private_?key|signing_?key|token|credentials?)$/i;
const NOT_HERE =
  /^(?:package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|\.npmrc|\.env(?:\..*)?|.*\.pem|.*\.key)$/;

/** Bits a character: words are below 3.5, keys above. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const sign of text) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

function looksSecret(text: string): boolean {
  return (
    text.length >= 16 &&
    !/\s|\$\{/.test(text) &&
    /\d/.test(text) &&
    /[a-z]/i.test(text) &&
    entropy(text) > 3.5
  );
}

export const SECRETS: StaticRule[] = [
  rule(
    'S01',
    {
      title: 'No key or password stands in a file',
      why: 'What is committed once is known for ever, also after it is taken away.',
      fix: 'Take it away, and have the key replaced: it is known now',
    },
    ({ files }) =>
      [...files].flatMap(([file, text]) =>
        KEYS.flatMap(([what, pattern]) => {
          const at = text.search(pattern);
          return at < 0 ? [] : [{ file, at, message: `holds ${what}` }];
        }),
      ),
  ),
  rule(
    'S02',
    {
      title: 'No secret is written out in code',
      why: 'Everyone who can read the code can then do what the secret allows.',
      fix: 'Leave it out: a secret is configuration of the host, and no module needs one',
    },
    anyOf(
      inCode('given text', ({ name, text }) =>
        SECRET_NAME.test(name.replaceAll(/['"]/g, '')) && looksSecret(text)
          ? `${name} is written out`
          : undefined,
      ),
      inBoth('call', ({ path, texts }) =>
        /^(?:createHmac|createCipheriv|sign)$/.test(path.at(-1) ?? '') && texts.some(looksSecret)
          ? `${path.at(-1)} is given a secret that is written out`
          : undefined,
      ),
    ),
  ),
  rule(
    'S03',
    {
      title: 'A module brings no packages and no settings of its own',
      why: 'A second package.json installs what nobody has pinned or looked at; an .env file holds secrets.',
      fix: "Take the file away: dependencies are the project's, settings the host's",
    },
    ({ files }) =>
      [...files.keys()]
        .filter((file) => NOT_HERE.test(basename(file)) || file.split('/').includes('node_modules'))
        .map((file) => ({ file, message: `${file} does not belong in a module` })),
  ),
];
