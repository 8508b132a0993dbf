import { readFileSync } from 'node:fs';
import { createTwoFilesPatch } from 'diff';
import { parseDocument } from 'yaml';
import { ulid } from 'ulid';
import { parseManifest } from '../../modules/manifest/read.ts';
import type { Manifest } from '../../modules/manifest/manifest.ts';
import { projectFile } from '../../policies/root.ts';
import { actor } from '../actor.ts';
import { renewTypes } from '../catalog/types.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { NEEDED, missingIn, readAnswers, typeIn } from '../scaffold/answers.ts';
import { ask, canAsk } from '../scaffold/ask.ts';
import { manifestText } from '../scaffold/manifest-text.ts';
import { isMissing, type NewModuleOptions } from '../scaffold/missing.ts';
import { checkKey, folderOf, madeFrom, planModule, uidIn, type ModulePlan } from '../scaffold/plan.ts';
import { writeModule } from '../scaffold/write.ts';

type State = 'planned' | 'made' | 'unchanged' | 'different';

/** Makes a module of the standard structure, registers it where that is asked for, and says what comes next. */
export async function makeModule(given: string | undefined, options: NewModuleOptions): Promise<Outcome> {
  const root = projectFile();
  const plan = await (options.from ? planFromManifest : planFromAnswers)(root, given, options);
  const state = await settle(root, plan, options);
  if (state === 'different')
    process.stderr.write(`${plan.folder} was made from other answers. ${HOW_TO_CHANGE}\n`);
  const registered = options.register === true && ['made', 'unchanged'].includes(state);
  if (registered) await register(options);
  if (['made', 'unchanged'].includes(state)) process.stderr.write(nextSteps(plan, registered));
  const { key, type, uid, folder, files } = plan;
  const diff = diffOf(plan);
  return {
    text: { planned: diff, different: diff, made: listOf(plan), unchanged: `${folder} unchanged` }[state],
    data: { key, type, uid, folder, state, registered, files: files.map((file) => file.path), diff },
    exitCode: state === 'different' ? EXIT.conflict : EXIT.ok,
  };
}

/** Loaded when it is asked for: it brings the database with it. */
async function register(options: NewModuleOptions): Promise<void> {
  const { perform } = await import('../operations/perform.ts');
  await perform('apply-catalog', { actor: actor(options) });
}

const ANSWERS = ['type', 'title', 'owner', 'purpose', 'entity', 'reads', 'mustNot', 'soldWith'] as const;
const HOW_TO_CHANGE = 'To change it, edit its module.yaml, then: npx kisum-cli module upgrade';

async function settle(root: string, plan: ModulePlan, { dryRun }: NewModuleOptions): Promise<State> {
  if (plan.made !== undefined) return plan.made === plan.text ? 'unchanged' : 'different';
  if (dryRun) return 'planned';
  await writeModule(root, plan);
  await renewTypes(root);
  return 'made';
}

async function planFromAnswers(
  root: string,
  given: string | undefined,
  options: NewModuleOptions,
): Promise<ModulePlan> {
  const type = typeIn(options);
  if (given !== undefined) checkKey(root, type, given);
  const missing = missingIn(options);
  const saidNothing = missing.length === Object.keys(NEEDED).length;
  // Of a module that is there nothing need be said again: `new module market --register`.
  const made = given !== undefined && saidNothing ? await madeFrom(root, type, given) : undefined;
  if (made !== undefined) return planModule(root, parseManifest(made, 'module.yaml'), made);

  const asked = given === undefined || missing.length > 0 ? await askFor(root, given, options) : undefined;
  const key = asked?.key ?? given!;
  checkKey(root, type, key);
  const answers = readAnswers(key, { ...options, ...asked?.options });
  const text = manifestText(answers, uidIn(folderOf(root, type, key)) ?? ulid());
  return planModule(root, manifestOf(text), text);
}

function askFor(root: string, key: string | undefined, options: NewModuleOptions) {
  const missing = missingIn(options);
  if (!canAsk(options)) throw isMissing(key, options);
  return ask({ key, missing, check: (it) => checkKey(root, typeIn(options), it) });
}

async function planFromManifest(
  root: string,
  given: string | undefined,
  options: NewModuleOptions,
): Promise<ModulePlan> {
  const said = ANSWERS.filter((name) => options[name] !== undefined);
  if (said.length > 0)
    throw new CliError(EXIT.usage, `--from is the whole manifest: leave out ${said.join(', ')}`);
  const file = options.from!;
  const written = readFrom(file);
  const document = parseDocument(written);
  const key = document.getIn(['metadata', 'key']);
  const named = document.getIn(['spec', 'type']);
  // Of what is no manifest each fault is told with its place.
  if (named !== 'base' && named !== 'addon') parseManifest(written, file);
  const type = typeIn({ type: String(named) });
  if (typeof key === 'string') checkKey(root, type, key);
  if (given !== undefined && given !== key) {
    throw new CliError(EXIT.usage, `${file} is the manifest of ${String(key)}, not of ${given}`);
  }
  const needsUid =
    typeof key === 'string' && document.errors.length === 0 && !document.hasIn(['metadata', 'uid']);
  if (needsUid) document.setIn(['metadata', 'uid'], uidIn(folderOf(root, type, key)) ?? ulid());
  const text = needsUid ? document.toString({ lineWidth: 0 }) : written;
  return planModule(root, parseManifest(text, file), text);
}

function readFrom(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(EXIT.usage, `--from ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** What the manifest's own rules say of answers is wrong usage, not a broken file. */
function manifestOf(text: string): Manifest {
  try {
    return parseManifest(text, 'answers');
  } catch (error) {
    const { faults = [] } = error as { faults?: string[] };
    if (faults.length === 0) throw error;
    const said = faults.map((fault) => fault.replace(/^answers:\d+:\d+ /, ''));
    throw new CliError(EXIT.usage, `this cannot be a module:\n  ${said.join('\n  ')}`);
  }
}

/** A patch of what would change; the tool's own files follow from the others. */
function diffOf({ folder, files, made, text }: ModulePlan): string {
  if (made !== undefined) {
    const path = `${folder}/module.yaml`;
    return made === text ? '' : createTwoFilesPatch(`a/${path}`, `b/${path}`, made, text).trimEnd();
  }
  return files
    .filter(({ path }) => !path.startsWith('.kisum/'))
    .map(({ path, content }) => createTwoFilesPatch('/dev/null', `b/${folder}/${path}`, '', content))
    .join('')
    .trimEnd();
}

function listOf({ folder, files }: ModulePlan): string {
  return files.map(({ path }) => `${folder}/${path}`).join('\n');
}

function nextSteps({ key, type, text }: ModulePlan, registered: boolean): string {
  const { plural } = parseManifest(text, 'module.yaml').owns[0]!;
  const sold = type === 'base' ? `basic_${key}` : key;
  const steps = [
    registered
      ? '# registered'
      : `npx kisum-cli new module ${key} --register${type === 'base' ? ' --type base' : ''}`,
    `npx kisum-cli entitle Acme ${sold}`,
    `npx kisum-cli grant ana Acme '${key}.*'`,
    `curl -H "authorization: Bearer $(npx kisum-cli token --user ana)" -H "x-org: 11111111-1111-4111-8111-111111111111" http://127.0.0.1:8080/api/${key}/${plural}`,
  ];
  return `\nNext:\n${steps.map((step) => `  ${step}`).join('\n')}\n`;
}
