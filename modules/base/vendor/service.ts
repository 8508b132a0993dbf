import { collection } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const services = collection(manifest, 'service');
