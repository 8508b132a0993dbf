import { manifestAt } from '../../kit/index.ts';

export const manifest = manifestAt(import.meta.dirname);
