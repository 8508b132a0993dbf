import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/**
 * A real browser: Debian's, from CHROMIUM or the PATH. Without one the test is skipped, loudly; where
 * KISUM_CHROMIUM_REQUIRED says that it must be there, it fails.
 */
export async function openBrowser(test: Mocha.Context): Promise<Browser> {
  const executablePath = process.env.CHROMIUM || found('chromium') || found('chromium-browser');
  if (executablePath) {
    // Chromium's own sandbox needs a user who is not root; all that is opened here is the project's own page.
    return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  }
  const missing = 'no chromium: install it (apt-get install chromium), or name it with CHROMIUM';
  if (process.env.KISUM_CHROMIUM_REQUIRED) throw new Error(missing);
  process.stderr.write(`\n    SKIPPED, ${missing}\n`);
  return test.skip();
}

function found(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
