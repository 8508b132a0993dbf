/** Puts the questions of a block to the policy, and its answers before the invariants. */
import type { CallerFacts, CatalogData, EffectiveAccess, Explanation, RoleFacts } from '../../contract.ts';
import { ENTRYPOINTS } from '../../engine/entrypoints.ts';
import { isWholeDecision, isWholeEffective, isWholeExplanation, remembered } from './answers.ts';
import { createAsker } from './asker.ts';
import { cellsIn, type Block } from './block.ts';
import { createJudge } from './judge.ts';
import { richer } from './richer.ts';
import { createWords, routeOf, subjectOf } from './words.ts';

/** What is proved, of which catalog. */
export interface Subject {
  policy: WebAssembly.Module;
  invariants: WebAssembly.Module;
  /** What the invariants take for true. */
  declared: CatalogData;
  /** What the policy is given. */
  served: CatalogData;
}

/** One cell in which a law is broken. */
export interface Counterexample {
  law: string;
  sweep: string;
  /** Entrypoint and input, to be asked again. */
  entrypoint: string;
  input: unknown;
  /** The cell as the invariants saw it. */
  cell: unknown;
}

export interface Examined {
  cells: number;
  /** Questions put to the policy. */
  questions: number;
  /** Cells the invariants could tell apart. */
  distinct: number;
  /** Law → cells it applied to. */
  applied: Record<string, number>;
  /** Law → cells in which it was broken. */
  broken: Record<string, number>;
  /** The first of each law. */
  counterexamples: Counterexample[];
}

export interface Examiner {
  examine(block: Block): void;
  isBroken(): boolean;
  examined(): Examined;
}

export function createExaminer({ policy, invariants, declared, served }: Subject): Examiner {
  const asker = createAsker(policy, { catalog: served });
  const judge = createJudge(invariants);
  const words = createWords(declared, judge.period);
  const whole = {
    decision: remembered(isWholeDecision),
    explanation: remembered(isWholeExplanation),
    effective: remembered(isWholeEffective),
  };
  const told = remembered(({ allow, reasons }: Explanation) => JSON.stringify({ allow, reasons }));
  const first = new Map<string, Counterexample>();
  let cells = 0;
  let questions = 0;

  function ask(entrypoint: string, question: string): string | null {
    questions += 1;
    return asker.ask(entrypoint, question);
  }

  function present(cell: string, sweep: string, entrypoint: string, question: string): void {
    for (const law of judge.judge(cell)) {
      if (first.has(law)) continue;
      first.set(law, { law, sweep, entrypoint, input: JSON.parse(question), cell: JSON.parse(cell) });
    }
  }

  function examineRequests(block: Block): void {
    const { access, token } = block;
    const accessText = JSON.stringify(access);
    const question = (route: string | null, caller: CallerFacts | null, facts: string): string =>
      `{"route":${JSON.stringify(route)},"authenticated":${token},"caller":${JSON.stringify(caller)},"access":${facts}}`;
    const companies = new Map<string | null, string>();
    const explained = new Set<string>();
    const granted = new Set(access?.modules);
    const may = new Set(access?.permissions);

    for (const caller of block.callers) {
      for (const route of block.routes) {
        const subject = subjectOf(declared, route, caller);
        let company = companies.get(subject);
        if (company === undefined) companies.set(subject, (company = words.company(access, subject)));
        const permission = routeOf(declared, route)?.permission;
        const module = subject !== null && granted.has(subject);
        const permitted = permission !== undefined && may.has(permission);
        const elsewhere = granted.size > Number(module) || may.size > Number(permitted);
        const facts = `${words.route(route)},"token":${token},${words.caller(caller, route)},${company},"granted":{"module":${module},"permission":${permitted},"elsewhere":${elsewhere}}`;

        const asked = question(route, caller, accessText);
        const decision = ask(ENTRYPOINTS.decision, asked);
        let isWhole = decision !== null && whole.decision(decision);
        let answer = `"decision":${isWhole ? decision : null}`;
        let lost: string[] = [];
        if (block.explained && !explained.has(facts)) {
          explained.add(facts);
          const explanation = ask(ENTRYPOINTS.explanation, asked);
          isWhole &&= explanation !== null && whole.explanation(explanation);
          if (isWhole) answer += `,"explanation":${told(explanation!)}`;
          if (access !== null && decision?.includes('"allow":true'))
            lost = richer(served, access)
              .filter(({ access: more }) => {
                const again = ask(ENTRYPOINTS.decision, question(route, caller, JSON.stringify(more)));
                return !again?.includes('"allow":true');
              })
              .map(({ added }) => added);
        }
        const cell = `{"kind":"request",${facts},"lost":${JSON.stringify(lost)},"answer":{"whole":${isWhole},${answer}}}`;
        present(cell, block.sweep, ENTRYPOINTS.decision, asked);
      }
    }
    cells += cellsIn(block);
  }

  function examineAccess({ access, sweep }: Block, role: RoleFacts | null): void {
    if (access === null) return;
    const question = JSON.stringify({ access, role });
    const text = ask(ENTRYPOINTS.effective, question);
    const isWhole = text !== null && whole.effective(text);
    const effective = isWhole ? (JSON.parse(text) as EffectiveAccess) : null;
    const tell = (facts: string, answer: object): void =>
      present(
        `{"kind":"access",${facts},"role":${JSON.stringify(role)},"answer":${JSON.stringify({ whole: isWhole, ...answer })}}`,
        sweep,
        ENTRYPOINTS.effective,
        question,
      );
    cells += 1;
    if (effective === null) {
      tell('"item":"everything"', {});
      return;
    }
    const { modules, permissions, delegation } = effective;
    const { grantableModules, grantablePermissions, canManageUsers, canBuyAddons } = delegation;
    const lists = [modules, permissions, grantableModules, grantablePermissions];
    tell(`"item":"everything",${words.company(access, null)}`, {
      tidy: lists.every(isSortedSet) && isKnown(declared, effective),
      canManageUsers,
      canBuyAddons,
    });
    const seen = new Set<string>();
    const tellItem = (item: 'module' | 'permission', key: string, module: string): void => {
      const entered = access.modules.includes(module);
      const granted = item === 'module' ? [entered] : [entered, access.permissions.includes(key)];
      const [all, handed] =
        item === 'module' ? [modules, grantableModules] : [permissions, grantablePermissions];
      const stands = { listed: all.includes(key), grantable: handed.includes(key) };
      const alike = `${item} ${module} ${granted.join()} ${stands.listed} ${stands.grantable}`;
      if (seen.has(alike)) return;
      seen.add(alike);
      const [enter, may] = granted;
      const grants = JSON.stringify({ module: enter, permission: may });
      tell(`"item":"${item}",${words.company(access, module)},"granted":${grants}`, stands);
    };
    for (const module of Object.keys(declared.modules)) tellItem('module', module, module);
    for (const [key, { module }] of Object.entries(declared.permissions)) tellItem('permission', key, module);
  }

  return {
    examine(block) {
      examineRequests(block);
      for (const role of block.roles ?? []) examineAccess(block, role);
    },
    isBroken: () => first.size > 0,
    examined: () => ({ cells, questions, ...judge.summary(), counterexamples: [...first.values()] }),
  };
}

function isKnown({ modules, permissions }: CatalogData, effective: EffectiveAccess): boolean {
  const { grantableModules, grantablePermissions } = effective.delegation;
  return (
    [...effective.modules, ...grantableModules].every((it) => Object.hasOwn(modules, it)) &&
    [...effective.permissions, ...grantablePermissions].every((it) => Object.hasOwn(permissions, it))
  );
}

function isSortedSet(list: string[]): boolean {
  return list.every((item, index) => index === 0 || list[index - 1]! < item);
}
