import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { projectFile } from '../../policies/root.ts';
import { renewTypes } from '../catalog/types.ts';
import { CliError, EXIT } from '../errors.ts';
import type { Outcome } from '../outcome.ts';
import { mentionsOf } from '../rename/mentions.ts';
import { planRename, type RenamePlan } from '../rename/plan.ts';
import { readLock } from '../scaffold/lock.ts';

const CARRIES = 'its routes, permissions, grants, subscriptions and rows';

/** Gives a module another key, on disk. Its uid stays, so that `catalog apply` carries what stands under the old one. */
export async function renameModule(key?: string, newKey?: string): Promise<Outcome> {
  if (!key || !newKey) {
    const missing = [...(key ? [] : ['<key>']), ...(newKey ? [] : ['<new>'])];
    throw new CliError(EXIT.usage, `missing: ${missing.join(', ')} (kisum-cli module rename basic promoter)`);
  }
  const root = projectFile();
  const plan = planRename(root, key, newKey);
  await carryOut(root, plan);
  await renewTypes(root);
  const mentions = mentionsOf(root, key);
  const { from, to } = plan.folder;
  return {
    text: [
      `${from} → ${to}`,
      ...(plan.test ? [`${plan.test.from} → ${plan.test.to}`.replaceAll(`${from}/`, `${to}/`)] : []),
      ...plan.writes.map(({ path }) => `~ ${path.replace(`${from}/`, `${to}/`)}`),
      ...(mentions.length > 0
        ? [`still named ${key}; look at each:`, ...mentions.map((it) => `  ${it}`)]
        : []),
      ...((await readLock(join(root, to)))
        ? [`Next: kisum-cli module upgrade ${newKey}   makes its documents anew`]
        : []),
      `Next: kisum-cli catalog apply   carries ${CARRIES} over to ${newKey}`,
    ].join('\n'),
    data: { ...plan.folder, changed: plan.writes.map(({ path }) => path), mentions },
  };
}

/** All of it; where one step fails, nothing of it. */
async function carryOut(root: string, { folder, test, writes }: RenamePlan): Promise<void> {
  const done: RenamePlan['writes'] = [];
  try {
    for (const write of writes) {
      await writeFileAtomic(join(root, write.path), write.after);
      done.push(write);
    }
    if (test) await rename(join(root, test.from), join(root, test.to));
    await rename(join(root, folder.from), join(root, folder.to));
  } catch (cause) {
    if (test && existsSync(join(root, test.to))) await rename(join(root, test.to), join(root, test.from));
    for (const { path, before } of done) await writeFileAtomic(join(root, path), before);
    throw new CliError(
      EXIT.outside,
      `${folder.from} could not be renamed, and is as it was: ${(cause as Error).message}`,
      cause,
    );
  }
}
