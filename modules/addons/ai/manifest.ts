// Managed by kisum-cli: made from module.yaml, and made again by every upgrade. An edit here is drift.
import { manifestAt } from '../../kit/index.ts';

export const manifest = manifestAt(import.meta.dirname);
