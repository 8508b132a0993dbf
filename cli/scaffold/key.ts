import { latinLook } from '../twins.ts';
import { DEVICES, KEYS_OF_OTHERS } from './reserved.ts';

const SHAPE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const LONGEST = 40;
const MAX_TRIES = 100;

/** Every rule a module's key breaks by itself, as `what is wrong`. */
export function keyFaults(key: string): string[] {
  const taken = KEYS_OF_OTHERS.filter(([, words]) => words.has(key.toLowerCase()));
  return [
    ...shapeFaults(key),
    ...taken.map(([whose]) => `it is ${whose}`),
    ...(/^pg_/i.test(key) ? ['schemas named pg_… belong to PostgreSQL'] : []),
    ...(DEVICES.has(key.toLowerCase()) ? ['no Windows folder can be named so'] : []),
  ];
}

/** The same for the name of an entity or a field. */
export function shapeFaults(name: string): string[] {
  return [
    ...(name.length < 2 || name.length > LONGEST ? [`it has 2 to ${LONGEST} characters`] : []),
    ...(/^\p{ASCII}*$/u.test(name) ? [] : ['it is plain ASCII; some of its letters only look so']),
    ...(SHAPE.test(name)
      ? []
      : ['it is words of a-z and 0-9, the first beginning with a letter, joined by _']),
  ];
}

/** The nearest key that `isFree`: the same letters, as far as they are letters. */
export function nearestKey(key: string, isFree: (candidate: string) => boolean): string {
  const near = spelled(key) || 'my_module';
  const candidates = [
    near,
    `${near}_module`,
    `my_${near}`,
    ...Array.from({ length: MAX_TRIES }, (_, n) => `${near}_${n + 2}`),
  ];
  return candidates.find((candidate) => keyFaults(candidate).length === 0 && isFree(candidate)) ?? near;
}

/** What a key looks like at a glance: two keys of one look are easily taken for each other. */
export function lookOf(key: string): string {
  return key
    .replaceAll('_', '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replace(/[1il]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('5', 's');
}

function spelled(key: string): string {
  return latinLook(key)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[0-9_]+/, '')
    .slice(0, LONGEST - '_module'.length)
    .replace(/_+$/, '');
}
