/** One thing a module is held to. `kisum-cli explain <id>` prints it. */
export interface Rule {
  /** `KSM-R02`: a letter for its family, two digits. Never given to another rule. */
  id: string;
  /** How it is found out: by reading files, by speaking to the running module, or in a legacy code base. */
  kind: 'static' | 'runtime' | 'audit';
  severity: 'error' | 'warn';
  /** One line, in the form of what must hold. */
  title: string;
  /** What goes wrong without it. */
  why: string;
  /** What to do about it. */
  fix: string;
}
