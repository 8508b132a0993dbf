import type { Outcome } from '../outcome.ts';
import { canAsk } from '../scaffold/ask.ts';
import { isMissing, type NewModuleOptions } from '../scaffold/missing.ts';

/** Makes a module. Whoever says nothing, and cannot be asked, learns what is missing before anything is loaded. */
export async function newModule(given: string | undefined, options: NewModuleOptions): Promise<Outcome> {
  if (given === undefined && !options.from && !canAsk(options)) throw isMissing(given, options);
  const { makeModule } = await import('./make-module.ts');
  return makeModule(given, options);
}
