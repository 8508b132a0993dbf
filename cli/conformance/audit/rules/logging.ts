import { plain } from '../facts.ts';
import type { AuditRule } from '../rule.ts';

const LOGGERS = /^(?:console|log|logger|winston|pino|slog|logrus|zap|sugar)$/;
const PRINTS = /^(?:print|printf|println|fprintf|fprintln)$/;
const SECRET =
  /^(?:(?:access|refresh|id|auth|bearer|api|jwt|session|service)?token|jwt|authorization|(?:raw|plain)?password|passwd|passphrase|(?:client|jwt|app|api)?secret|apikey|(?:private|signing)key|credentials|headers|rawheaders|cookies?)$/;

export const loggingRules: AuditRule[] = [
  {
    id: 'KSM-V14',
    kind: 'audit',
    severity: 'error',
    title: 'No token and no secret is logged',
    why: 'Logs are read by more people than may use a token, and kept longer than it lives.',
    fix: 'delete it: the kit writes one line for every request, without secrets',
    fault(fact) {
      if (fact.kind !== 'call') return undefined;
      const path = fact.path.map(plain);
      const logs =
        path.slice(0, -1).some((name) => LOGGERS.test(name)) ||
        (path[0] === 'fmt' && PRINTS.test(path.at(-1) ?? ''));
      const secret = logs && fact.names.find((name) => SECRET.test(plain(name.at(-1))));
      return secret ? `logs ${secret.join('.')}` : undefined;
    },
  },
];
