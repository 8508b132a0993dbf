import { watch } from 'node:fs';

/** An editor writes a file in several steps; they count as one change. */
const SETTLED_MS = 100;

/** Tells of changes in the folders and below. Returns what ends it. */
export function watchFolders(folders: string[], changed: (file: string) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, (_, file) => {
      clearTimeout(timer);
      timer = setTimeout(() => changed(file ?? folder), SETTLED_MS);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
