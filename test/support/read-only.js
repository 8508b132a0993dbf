/** Preloaded by `--import`: whatever this process would write below its working folder fails as on a read-only disk. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';

const CHANGING = [
  ...['appendFile', 'chmod', 'copyFile', 'createWriteStream', 'link', 'mkdir', 'mkdtemp', 'rename', 'rm'],
  ...['rmdir', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile'],
];

/** @param path of a call's first argument, as it was given */
function isHere(path) {
  return typeof path === 'string' && resolve(path).startsWith(process.cwd());
}

function refuse() {
  throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
}

function guard(owner, name, isWrite) {
  const work = owner[name];
  if (typeof work !== 'function') return;
  owner[name] = (...args) => (isWrite(args) ? refuse() : work.apply(owner, args));
}

for (const owner of [fs, fs.promises]) {
  for (const name of CHANGING.flatMap((it) => [it, `${it}Sync`])) {
    guard(owner, name, (paths) => paths.slice(0, 2).some(isHere));
  }
  for (const name of ['open', 'openSync']) {
    guard(owner, name, ([path, flags]) => isHere(path) && typeof flags === 'string' && !/^rs?$/.test(flags));
  }
}
syncBuiltinESMExports();
