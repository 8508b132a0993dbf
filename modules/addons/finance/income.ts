import { collection, frozen } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const income = collection(manifest, 'income', { rule: frozen('income', 'received') });
