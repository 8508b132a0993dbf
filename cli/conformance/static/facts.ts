/** What a module's source says, as far as a rule asks. A path is `request.body['id']` → `['request', 'body', 'id']`. */
export type Fact = {
  /** Where in its file, in characters from 0. */
  at: number;
} &
  /** Static, re-exported, type-only, dynamic or required. */
  (
    | { kind: 'import'; from: string; names: string[]; typesOnly: boolean }
    /** `import(name)`: of what, only a run can tell. */
    | { kind: 'computed import' }
    /** A name or a chain of members; `global` when nothing in the file declares its first. */
    | { kind: 'member'; path: string[]; global: boolean }
    /** A string; what a template puts in stands as `${source}`. */
    | { kind: 'text'; text: string }
    /** A string given to a name: `const apiKey = '…'`, `{ apiKey: '…' }`. */
    | { kind: 'given text'; name: string; text: string }
    | { kind: 'compare'; path: string[]; value: string }
    /** Also `new`. `names`: the paths its arguments put in; `withFunction`: one of them is a function. */
    | {
        kind: 'call';
        path: string[];
        global: boolean;
        names: string[][];
        texts: string[];
        withFunction: boolean;
      }
    /** A variable of the file itself that changes as requests go by. */
    | { kind: 'state'; name: string }
    /** A `catch` that throws nothing, and what it stands around. */
    | { kind: 'swallow'; tried: string[][] }
    /** A table named to the query builder; no name when only a run can tell. */
    | { kind: 'table'; name?: string }
    /** A statement, or a part of one; no text when only a run can tell. */
    | { kind: 'sql'; use: SqlUse; text?: string }
    | { kind: 'definition'; definition: Definition }
    /** `export const manifest = …`; whether it is `manifestAt(import.meta.dirname)` as it stands. */
    | { kind: 'manifest'; isOwn: boolean }
    /** A constant of the file that holds handlers by their id, if it holds any. */
    | { kind: 'handlers'; name: string; handlers: Handlers[] }
  );

export type SqlUse = 'up' | 'down' | 'query';

export type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;

/** A call of `defineModule`. */
export interface Definition {
  isDefaultExport: boolean;
  /** How its manifest is named: `manifest` of `./manifest.ts`, or `manifestAt(import.meta.dirname)`. */
  manifest: { importedFrom: string } | 'at its own folder' | 'unknown';
  /** By name; absent: the module's first; `null`: not a literal. */
  service?: string | null;
  handlers: Handlers[];
}

/** `'plan.list': …`, `...named('expense', …)`, a constant of another file, or something that only a run can tell. */
export type Handlers = { at: number } & (
  { id: string } | { entity: string } | { constant: string; importedFrom: string } | { unknown: string }
);
