import type { Rule } from '../rule.ts';
import type { Fact, FactOf } from './facts.ts';
import type { Located, ModuleSource, SourceFile } from './source.ts';

/** A rule held by reading a module's files. Pure: equal modules give equal findings. */
export interface StaticRule extends Rule {
  kind: 'static';
  examine: (module: ModuleSource) => Located[];
}

/** @param id without its prefix: `R02` */
export function rule(
  id: string,
  texts: Pick<Rule, 'title' | 'why' | 'fix'> & Partial<Pick<Rule, 'severity'>>,
  examine: StaticRule['examine'],
): StaticRule {
  return { id: `KSM-${id}`, kind: 'static', severity: 'error', ...texts, examine };
}

/** What is wrong with a fact, if anything. */
type Fault<Kind extends Fact['kind']> = (
  fact: FactOf<Kind>,
  file: SourceFile,
  module: ModuleSource,
) => string | undefined;

/** Looks at every fact of a kind in the module's own code; its tests are no part of it. */
export function inCode<Kind extends Fact['kind']>(kind: Kind, fault: Fault<Kind>): StaticRule['examine'] {
  return (module) => inFiles(module, codeOf(module), kind, fault);
}

export function inTests<Kind extends Fact['kind']>(kind: Kind, fault: Fault<Kind>): StaticRule['examine'] {
  return (module) =>
    inFiles(
      module,
      module.sources.filter(({ isTest }) => isTest),
      kind,
      fault,
    );
}

export function inBoth<Kind extends Fact['kind']>(kind: Kind, fault: Fault<Kind>): StaticRule['examine'] {
  return (module) => inFiles(module, module.sources, kind, fault);
}

/** Several ways to break one rule. */
export function anyOf(...examinations: StaticRule['examine'][]): StaticRule['examine'] {
  return (module) => examinations.flatMap((examine) => examine(module));
}

export function codeOf({ sources }: ModuleSource): SourceFile[] {
  return sources.filter(({ isTest }) => !isTest);
}

function inFiles<Kind extends Fact['kind']>(
  module: ModuleSource,
  files: SourceFile[],
  kind: Kind,
  fault: Fault<Kind>,
): Located[] {
  return files.flatMap((file) =>
    file.facts.flatMap((fact) => {
      const message = fact.kind === kind ? fault(fact as FactOf<Kind>, file, module) : undefined;
      return message === undefined ? [] : [{ file: file.path, at: fact.at, message }];
    }),
  );
}
