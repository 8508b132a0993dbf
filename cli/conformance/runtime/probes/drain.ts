import type { Lab } from '../lab/lab.ts';
import { isOpen } from '../service/foreign.ts';
import type { Target } from '../service/target.ts';
import { granting } from '../world/auth.ts';
import { notLetIn } from './granted.ts';
import { type Examined, type Trial, trial } from './probe.ts';

/** Less than what a service gives Auth. */
const PATIENCE_MS = 1500;

/** 20: SIGTERM comes while a request waits for Auth; Auth answers only once the service takes no new ones. */
export async function drain(lab: Lab, { terminate, url }: Target): Promise<Examined> {
  if (!terminate) return { why: 'SIGTERM: the process is not ours to end' };
  const route = lab.routes.find(({ access }) => access === 'module');
  if (!route) return [exit(await terminate())];
  let arrived = (): void => undefined;
  const waits = new Promise<void>((resolve) => (arrived = resolve));
  let release = (): void => undefined;
  const person = lab.person({ permissions: [route.permission!] });
  lab.world.answers.set(person.userId, (response, call) => {
    release = () => granting(person.access)(response, call);
    arrived();
  });
  const body = await lab.body(route, person);
  const running = lab.call(route, { person, way: 'token', body });
  await Promise.race([waits, running]);
  const ended = terminate();
  await Promise.race([refusing(url), ended]);
  release();
  return [
    await trial('a request that runs when SIGTERM comes', running, notLetIn(lab, route, 'token')),
    exit(await ended),
  ];
}

function exit(ended: Awaited<ReturnType<NonNullable<Target['terminate']>>>): Trial {
  const what = 'SIGTERM';
  if (!ended) return { what, fault: 'it still runs after its time' };
  const { code, signal } = ended;
  return {
    what,
    fault: code === 0 ? undefined : `it ended with ${signal ?? `exit code ${code}`}, not with 0`,
  };
}

/** Resolves when nobody listens any more, or when it has become pointless to wait. */
async function refusing(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    if (!(await isOpen(hostname, Number(port)))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
