import Handlebars from 'handlebars';
import { HELPERS, type HelperName } from './helpers.ts';
import type { Kind, Template, Variables } from './template.ts';

/** What a helper takes. */
const TAKES: Record<HelperName, Kind[]> = {
  json: ['data'],
  tsString: ['text', 'identifier'],
  tsStrings: ['strings'],
  sql: ['sql'],
  mdText: ['text'],
  mdCode: ['text', 'identifier'],
  document: ['document'],
};

const BLOCKS = ['if', 'unless', 'each'];
const LOOP_FACTS = ['first', 'last', 'index'];

type Scope = Variables[];

/**
 * What is wrong with a template, by what it says and not by what one rendering happens to show: a name nobody declares
 * (strict mode does not see it in `{{#if typo}}`), text without a helper, a helper that is not for its place.
 */
export function lintTemplate({ files, texts, variables }: Template): string[] {
  const faults: string[] = [];
  for (const { template, path, each } of files) {
    const scope = each === undefined ? [variables] : [recordOf(variables[each]), variables];
    const text = texts[template];
    if (text === undefined) faults.push(`template.json: there is no ${template}`);
    for (const part of [path, text ?? '']) {
      const visitor = new Linter(scope, (fault) => faults.push(`${template}: ${fault}`));
      visitor.accept(Handlebars.parse(part));
    }
  }
  const unused = Object.keys(texts).filter((name) => !files.some(({ template }) => template === name));
  return [...new Set([...faults, ...unused.map((name) => `${name}: template.json does not name it`)])];
}

class Linter extends Handlebars.Visitor {
  readonly #fault: (text: string) => void;
  #scope: Scope;

  constructor(scope: Scope, fault: (text: string) => void) {
    super();
    this.#scope = scope;
    this.#fault = fault;
  }

  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    const { path, params, hash } = mustache as { path: hbs.AST.Expression } & typeof mustache;
    const name = (path as hbs.AST.PathExpression).original;
    if (!mustache.escaped) this.#say(mustache, `{{{${name}}}} is raw: write {{${name}}}`);
    if (hash) this.#say(mustache, `${name} takes no named values`);
    if (Object.hasOwn(HELPERS, name)) {
      for (const param of params) this.#check(param, TAKES[name as HelperName], name);
    } else {
      if (params.length > 0) this.#say(mustache, `there is no helper ${name}`);
      this.#check(path, ['identifier'], 'no helper');
    }
  }

  override BlockStatement(block: hbs.AST.BlockStatement): void {
    const { original } = block.path;
    const [subject] = block.params;
    if (!BLOCKS.includes(original) || !subject || block.params.length > 1) {
      this.#say(block, `{{#${original}}} is not one of ${BLOCKS.join(', ')} with one value`);
      return;
    }
    const kind = this.#kindOf(subject);
    if (original !== 'each') return super.BlockStatement(block);
    if (kind !== undefined && !Array.isArray(kind)) this.#say(block, 'each takes a list of records');
    this.#scope = [recordOf(kind), ...this.#scope];
    this.accept(block.program);
    this.#scope = this.#scope.slice(1);
    if (block.inverse) this.accept(block.inverse);
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.#say(partial, 'partials are not used here');
  }

  override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
    this.#say(partial, 'partials are not used here');
  }

  override Decorator(decorator: hbs.AST.Decorator): void {
    this.#say(decorator, 'decorators are not used here');
  }

  override DecoratorBlock(decorator: hbs.AST.DecoratorBlock): void {
    this.#say(decorator, 'decorators are not used here');
  }

  #check(value: hbs.AST.Expression, allowed: Kind[], by: string): void {
    if (value.type === 'StringLiteral') return;
    const kind = this.#kindOf(value);
    if (kind === undefined || (!Array.isArray(kind) && allowed.includes(kind))) return;
    const { original } = value as hbs.AST.PathExpression;
    this.#say(value, `${original} is ${Array.isArray(kind) ? 'a list' : kind}: not for ${by}`);
  }

  /** The declared kind of a path; a name nobody declares is a fault, and has none. */
  #kindOf(value: hbs.AST.Expression): Variables[string] | undefined {
    const { data, depth, parts, original } = value as hbs.AST.PathExpression;
    if (value.type !== 'PathExpression') return void this.#say(value, `a ${value.type} is not a name`);
    const [name = '', ...deeper] = parts;
    if (data && LOOP_FACTS.includes(name)) return 'flag';
    const record = this.#scope[depth] ?? {};
    if (deeper.length > 0 || !Object.hasOwn(record, name)) {
      return void this.#say(value, `${original} is not declared in template.json`);
    }
    return record[name];
  }

  #say({ loc }: hbs.AST.Node, fault: string): void {
    this.#fault(`${loc.start.line}:${loc.start.column + 1} ${fault}`);
  }
}

function recordOf(kind: Variables[string] | undefined): Variables {
  return Array.isArray(kind) ? kind[0] : {};
}
