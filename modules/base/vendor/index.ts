import { defineModule, named } from '../../kit/index.ts';
import { vendorProfiles } from './vendor_profile.ts';
import { services } from './service.ts';
import { quotes } from './quote.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('vendor_profile', vendorProfiles),
    ...named('service', services),
    ...named('quote', quotes),
  },
  migrations,
});
