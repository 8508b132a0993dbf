import { Pool } from 'undici';
import { readCatalog } from '../../../platform/core/catalog.ts';
import type { Stage } from '../../support/stage.ts';
import { signToken } from '../../support/token.ts';
import type { AccessAnswer } from './answer.ts';

export interface Member {
  userId: string;
  companyId: string;
}

export interface Compared {
  cells: number;
  allowed: number;
  /** Reasons that refusals began with. */
  reasons: Set<string>;
  /** Where the document and the request part. */
  parted: string[];
}

type Asked = Awaited<ReturnType<typeof readCatalog>>['routes'][number];

const ID = '00000000-0000-4000-8000-000000000000';
const AT_ONCE = 32;

/** Holds what `GET /access/me` says of every action against what a real request of every route of it gets. */
export async function compareCells(stage: Stage, members: Member[]): Promise<Compared> {
  const { routes } = await readCatalog(stage.db);
  const judged = routes.filter(({ access }) => access === 'module');
  const pool = new Pool(stage.gateway.url, { connections: 4 });
  const compared: Compared = { cells: 0, allowed: 0, reasons: new Set(), parted: [] };
  try {
    for (const member of members) await compareMember(member, judged);
  } finally {
    await pool.close();
  }
  return compared;

  async function compareMember({ userId, companyId }: Member, asked: Asked[]): Promise<void> {
    const authorization = `Bearer ${await signToken(stage.key, userId)}`;
    const headers = { authorization, 'x-org': companyId };
    const ask = async (method: string, path: string) => {
      const { statusCode, body } = await pool.request({ method: method, path, headers });
      return { status: statusCode, text: await body.text() };
    };
    const document = await ask('GET', '/access/me');
    const data = document.status === 200 ? (JSON.parse(document.text) as AccessAnswer).data : undefined;
    const left = [...asked];
    const work = async () => {
      for (let route = left.pop(); route; route = left.pop()) {
        const real = answerOf(await ask(route.method, pathOf(route)));
        const action = data?.actions[route.permission!];
        const told = data
          ? action && (action.allow ? 'allowed' : JSON.stringify([action.reasons, action.remedies]))
          : answerOf(document);
        compared.cells += 1;
        if (real === 'allowed') compared.allowed += 1;
        else compared.reasons.add((JSON.parse(real) as [string[]])[0][0]!);
        const isOpen = data?.modules[route.module!]?.allow ?? false;
        if (told !== real || (real === 'allowed' && !isOpen))
          compared.parted.push(`${userId} ${companyId} ${route.id}: told ${told}, real ${real}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}

/** `allowed`, or reasons and remedies. A backend answers everything else. */
function answerOf({ status, text }: { status: number; text: string }): string {
  if (status !== 403) return status === 200 ? 'allowed' : `"${status} ${text}"`;
  const { error } = JSON.parse(text) as { error: { reasons: string[]; remedies: object[] } };
  return JSON.stringify([error.reasons, error.remedies]);
}

/** With something of the right type for every parameter. */
const pathOf = ({ path }: Asked): string =>
  path.replace(/\{\w+:(\w+)\}/g, (_, type: string) => (type === 'integer' ? '1' : ID));
