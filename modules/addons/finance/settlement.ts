import { collection, frozen } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const settlements = collection(manifest, 'settlement', { rule: frozen('settlement', 'closed') });
