import { collection, frozen, needs } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

const keptAsAgreed = frozen('deal', 'agreed', 'cancelled');

/** What each kind of deal cannot do without. */
const TERMS: Record<string, string[]> = {
  guarantee: ['guarantee'],
  split: ['split_percent'],
  guarantee_and_split: ['guarantee', 'split_percent'],
};

export const deals = collection(manifest, 'deal', {
  rule(change) {
    keptAsAgreed(change);
    const { after } = change;
    if (!after) return;
    const kind = after['kind'] as string;
    needs(after, TERMS[kind] ?? [], `the deal is a ${kind.replaceAll('_', ' ')}`);
  },
});
