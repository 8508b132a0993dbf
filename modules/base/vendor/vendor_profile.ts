import { collection } from '../../kit/index.ts';
import { manifest } from './manifest.ts';

export const vendorProfiles = collection(manifest, 'vendor_profile');
