import { defineModule, named } from '../../kit/index.ts';
import { artists } from './artist.ts';
import { rosters } from './roster.ts';
import { availability } from './availability.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('artist', artists),
    ...named('roster', rosters),
    ...named('availability', availability),
  },
  migrations,
});
