import type { Exchange } from '../lab/http.ts';
import { expectation, refused } from '../lab/judge.ts';
import { A, type Lab, WAYS } from '../lab/lab.ts';
import type { ProbedRoute } from '../lab/sample.ts';
import { signingKey } from '../world/keys.ts';
import { notLetIn } from './granted.ts';
import { type Trial, trial } from './probe.ts';

/** How long a service may take to notice a new key: a second, and time to ask. */
const NOTICED_WITHIN_MS = 5000;

/** 10, on the service in use: an unknown key is no reason to fail, a broken document none to forget. */
export async function rotatedKeys(lab: Lab, route: ProbedRoute): Promise<Trial[]> {
  const { world } = lab;
  const next = { token: signingKey('RS256', 'next-auth'), assertion: signingKey('EdDSA', 'next-gateway') };
  const person = lab.person({ permissions: route.permission ? [route.permission] : [] });
  const ask = async (way: 'token' | 'assertion', rotated: boolean) => {
    const key = next[way];
    const credentials = lab.credentials(route, person, way, rotated ? { key, header: { kid: key.kid } } : {});
    return lab.call(route, { person, credentials, body: await lab.body(route, person) });
  };
  const good = { ...world.published };
  const trials: Trial[] = [];

  for (const [what, document] of [
    ['no keys', { keys: [] }],
    ['no key set', 'nothing'],
  ] as const) {
    world.published = { auth: document, gateway: document };
    for (const way of WAYS) {
      trials.push(
        await trial(
          `${A[way]} of an unknown key, while ${what} are published`,
          ask(way, true),
          refused(401, 503),
        ),
      );
      trials.push(
        await trial(
          `${A[way]} of the known key, while ${what} are published`,
          ask(way, false),
          notLetIn(lab, route, way),
        ),
      );
    }
  }
  world.published = {
    auth: { keys: [world.authKey.publicJwk, next.token.publicJwk] },
    gateway: { keys: [world.gatewayKey.publicJwk, next.assertion.publicJwk] },
  };
  for (const way of WAYS) {
    const answer = await noticed(() => ask(way, true));
    const fault = notLetIn(lab, route, way)(answer);
    trials.push({ what: `${A[way]} of a key published since`, fault, exchange: answer });
  }
  world.published = good;
  return trials;
}

/** 10, on a service that has never had a key. */
export async function noKeys(cold: Lab, route: ProbedRoute): Promise<Trial[]> {
  const person = cold.person();
  return Promise.all(
    WAYS.map((way) =>
      trial(`${A[way]}, before any key could be had`, cold.call(route, { person, way }), (exchange) =>
        exchange.status === 503 ? refused(503)(exchange) : expectation('503', exchange),
      ),
    ),
  );
}

/** Before everything else, on a service that knows the keys of another check. */
export async function keysNoticed(lab: Lab, route: ProbedRoute): Promise<void> {
  const person = lab.person();
  for (const way of WAYS) await noticed(() => lab.call(route, { person, way }));
}

/** Asks until a new key is known, or ought to be. */
async function noticed(ask: () => Promise<Exchange>): Promise<Exchange> {
  const end = performance.now() + NOTICED_WITHIN_MS;
  let answer = await ask();
  while (answer.status === 401 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    answer = await ask();
  }
  return answer;
}
