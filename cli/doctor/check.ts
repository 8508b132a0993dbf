/** One thing `doctor` looked at. */
export interface Check {
  name: string;
  ok: boolean;
  /** What is not needed may be missing without failing. */
  needed: boolean;
  /** What was found, or what is wrong. */
  found: string;
  /** How to get it, where it is missing. */
  fix?: string;
}

export const ok = (name: string, found: string, needed = true): Check => ({ name, ok: true, needed, found });

export const missing = (name: string, found: string, fix: string, needed = true): Check => ({
  name,
  ok: false,
  needed,
  found,
  fix,
});
