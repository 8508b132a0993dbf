import { inCode, rule, type StaticRule } from '../rule.ts';

const SECRET = /token|password|passwd|authorization|assertion|secret|cookie|credential/i;
const LOGS = /^(?:log|trace|debug|info|warn|error|fatal|child)$/;

export const LOGGING: StaticRule[] = [
  rule(
    'L01',
    {
      title: 'A module writes nothing to the console',
      why: 'A line of its own has no request, no user and no company, and breaks the one line per request.',
      fix: "Leave it out: the kit writes each request's line; a failure is thrown with its cause",
    },
    inCode('member', ({ path: [first, second], global }) => {
      if (!global) return undefined;
      if (first === 'console') return 'writes to the console';
      return first === 'process' && /^std(?:out|err)$/.test(second ?? '')
        ? `writes to process.${second}`
        : undefined;
    }),
  ),
  rule(
    'L02',
    {
      title: 'No secret is logged',
      why: 'A token in a log is a token in the hands of everyone who reads logs.',
      fix: 'Log an id instead, or nothing',
    },
    inCode('call', ({ path, names, texts }) => {
      const logs = path.length > 1 && LOGS.test(path.at(-1)!) && /log|console/i.test(path.at(-2)!);
      if (!logs) return undefined;
      const put = [
        ...names.map((name) => name.join('.')),
        ...texts.flatMap((text) => text.match(/\$\{[^}]*\}/g) ?? []),
      ];
      const secret = put.find((name) => SECRET.test(name));
      return secret === undefined ? undefined : `logs ${secret}`;
    }),
  ),
];
