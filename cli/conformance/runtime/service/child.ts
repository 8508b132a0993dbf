/** The process of one service under test: guarded before anything else is loaded. Speaks to the checker by IPC. */
import { guardEgress } from './egress.ts';
import type { FromChild, Start, ToChild } from './protocol.ts';

const allowed = new Set<string>();
const egress = guardEgress(allowed);
const tell = (message: FromChild): void => void process.send?.(message);

// Without its checker nobody would end it.
process.once('disconnect', () => process.exit(1));

process.on('message', (message: ToChild) => {
  if (message === 'seen') {
    tell({ seen: { refused: [...egress.refused].sort(), connects: egress.connects, handled } });
    return;
  }
  void start(message.start).catch((error: Error) => tell({ failed: error.message }));
});

const handled: { route: string; userId: string | undefined }[] = [];

async function start(given: Start): Promise<void> {
  for (const address of given.allowed) allowed.add(address);
  const { serveSubjects } = await import('./serve.ts');
  const ready = await serveSubjects(given, (route, userId) => handled.push({ route, userId }));
  tell({ ready });
}
