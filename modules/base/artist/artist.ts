import { collection } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const artists = collection(manifest, 'artist');
