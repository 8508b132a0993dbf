import { collection } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { publish } from './venue_listing.ts';

export const venues = collection(manifest, 'venue', { written: publish });
