#!/usr/bin/env node
// In a checkout the sources run as they are, never stale; where only production dependencies are installed, the build.
import { existsSync } from 'node:fs';

const main = await import('tsx/esm/api').then(
  ({ register }) => {
    register();
    return './main.ts';
  },
  () => '../dist/cli/main.js',
);
if (!existsSync(new URL(main, import.meta.url))) {
  process.stderr.write(
    'kisum-cli: neither tsx nor a build is here: run "npm ci", or "npm run build" before pruning\n',
  );
  process.exit(4);
}
await import(main);
