import type { Lab, Recorded } from '../lab/lab.ts';
import type { Trial } from './probe.ts';

type Line = Record<string, unknown>;

const JWT = /eyJ[\w-]{8,}\.[\w-]{8,}/;
const BEARER = /bearer [\w.-]{16,}/i;
/** As long as a signature: what stands in a log and is as long is looked up among those that were sent. */
const LONG = /[\w-]{80,}/g;

/** Log lines by the request they tell of. */
export function linesOf(output: string): Map<string, Line[]> {
  const lines = new Map<string, Line[]>();
  for (const text of output.split('\n')) {
    const line = parsed(text);
    const id = line?.['requestId'];
    if (typeof id === 'string') lines.set(id, [...(lines.get(id) ?? []), line!]);
  }
  return lines;
}

function parsed(text: string): Line | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** 17: of every request that reached the service, its one line. */
export function logged(recorded: Recorded[], lines: Map<string, Line[]>): Trial[] {
  return recorded.filter(reached).map((one) => {
    const { exchange, requestId } = one;
    const { method, path } = exchange.sent;
    const found = lines.get(requestId) ?? [];
    const fault =
      found.length === 1 ? lineFault(one, found[0]!) : `it left ${found.length} lines in the log, not one`;
    return { what: `${method} ${path.slice(0, 100)} (${exchange.status})`, fault, exchange };
  });
}

/** What node itself refuses, or what was never answered, no service has seen. */
function reached({ exchange: { status, headers } }: Recorded): boolean {
  return status !== 0 && !(headers['x-request-id'] === undefined && [400, 431].includes(status));
}

function lineFault({ exchange, requestId, route, person }: Recorded, line: Line): string | undefined {
  const { status, sent, headers } = exchange;
  if (headers['x-request-id'] !== requestId) return 'the answer does not repeat x-request-id';
  const expected: [field: string, right: boolean][] = [
    ['endpoint', typeof line['endpoint'] === 'string' && line['endpoint'].startsWith(`${sent.method} `)],
    [
      'result',
      line['result'] === resultOf(status) || (resultOf(status) === undefined && isResult(line['result'])),
    ],
    ['status', line['status'] === undefined || line['status'] === status],
  ];
  if (route) expected.push(['action', line['action'] === (route.permission ?? route.id)]);
  // Who is asking is known of everybody who was let in, or refused for what they may not do.
  if (person && route && (status === 403 || (status >= 200 && status < 300))) {
    if (route.access !== 'public') expected.push(['userId', line['userId'] === person.userId]);
    if (route.access === 'module') expected.push(['companyId', line['companyId'] === person.company]);
  }
  const wrong = expected
    .filter(([, right]) => !right)
    .map(([field]) => `${field}: ${JSON.stringify(line[field])}`);
  return wrong.length > 0 ? `its log line has ${wrong.join(', ')}` : undefined;
}

function resultOf(status: number): string | undefined {
  if (status >= 500) return 'failed';
  if (status === 401 || status === 403) return 'denied';
  return status >= 200 && status < 300 ? 'allowed' : undefined;
}

function isResult(value: unknown): boolean {
  return value === 'allowed' || value === 'denied';
}

/** 17: nothing that was secret stands in what the service wrote or answered. */
export function secrets(lab: Lab, output: string, known: string[]): Trial[] {
  const answers = lab.recorded.map(({ exchange }) => exchange.text).join('\n');
  return [
    { what: 'stdout and stderr', fault: secretIn(lab, output, known) },
    { what: 'its answers', fault: secretIn(lab, answers, known) },
  ];
}

function secretIn({ signatures, world }: Lab, text: string, known: string[]): string | undefined {
  if (text.includes(world.serviceToken) || JWT.test(text) || BEARER.test(text)) return 'a token stands in it';
  if (known.some((secret) => secret !== '' && text.includes(secret))) return 'a secret stands in it';
  const long = text.match(LONG) ?? [];
  return long.some((run) => signatures.has(run)) ? 'the signature of a token stands in it' : undefined;
}
