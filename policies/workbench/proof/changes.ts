/** Changes: may this member hand this on to that one? */
import type { AccessFacts, ChangeInput, EffectiveAccess } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeEffective, isWholeVerdict } from './answers.ts';
import type { AskedChange, Block } from './block.ts';
import type { Court } from './court.ts';
import { EVERY_RIGHT } from './people.ts';
import { richer } from './richer.ts';

const ALLOWED = '{"allow":true';

export function examineChanges(court: Court, { access, changes = [], sweep }: Block): void {
  if (access === null) return;
  const grantable = grantableTo(court, access);
  let asked = 0;
  for (const change of changes) {
    const question = JSON.stringify({ access, ...change });
    const text = court.ask(ENTRYPOINTS.delegation, question);
    const verdict: unknown = text === null ? null : JSON.parse(text);
    const answer = isWholeVerdict(verdict) ? { whole: true, ...verdict } : { whole: false };
    const lost = text?.startsWith(ALLOWED) ? lostByMore(court, { access, ...change }) : [];
    const cell = JSON.stringify({ ...told(access, change, grantable(change.role)), lost, answer });
    court.present(cell, { sweep, entrypoint: ENTRYPOINTS.delegation, question });
    asked += 1;
  }
  court.count(asked);
}

type Grantable = (key: string) => 'had' | 'lacked';

/** What the maker may hand on is effective access, which is proved on its own. */
function grantableTo({ ask }: Court, access: AccessFacts): (role: AskedChange['role']) => Grantable {
  const known = new Map<string, Grantable>();
  return (role) => {
    const question = JSON.stringify({ access, role });
    let grantable = known.get(question);
    if (!grantable) {
      const text = ask(ENTRYPOINTS.effective, question);
      const answer: unknown = text === null ? null : JSON.parse(text);
      const { grantableModules = [], grantablePermissions = [] } = isWholeEffective(answer)
        ? (answer as EffectiveAccess).delegation
        : {};
      const had = new Set([...grantableModules, ...grantablePermissions]);
      grantable = (key) => (had.has(key) ? 'had' : 'lacked');
      known.set(question, grantable);
    }
    return grantable;
  };
}

function told(access: AccessFacts, { role, units: own, change, target }: AskedChange, grantable: Grantable) {
  const { type, modules, permissions, packages, addons, units = 'kept' } = change;
  const kinds = (keys: string[]): string[] => [...new Set(keys.map(grantable))].sort();
  return {
    kind: 'change',
    member: access.membership?.status ?? 'none',
    type,
    maker: role,
    own,
    modules: kinds(modules),
    permissions: kinds(permissions),
    buys: packages.length + addons.length > 0,
    role: change.role,
    units,
    target: target && { member: target.membership?.status ?? 'none', role: target.role },
  };
}

/** What makes it refused although its maker only has more. */
function lostByMore({ ask, served }: Court, input: ChangeInput): string[] {
  const makers = [
    ...richer(served, input.access).map(({ added, access }) => ({ added, more: { access } })),
    { added: 'every right', more: { role: EVERY_RIGHT } },
    { added: 'no limit', more: { units: null } },
  ];
  return makers
    .filter(
      ({ more }) => !ask(ENTRYPOINTS.delegation, JSON.stringify({ ...input, ...more }))?.startsWith(ALLOWED),
    )
    .map(({ added }) => added);
}
