import { collection, conflict } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const settlements = collection(manifest, 'settlement', {
  rule({ before }) {
    if (before?.['status'] === 'closed') throw conflict('a closed settlement does not change');
  },
});
