import { defineModule, named } from '../../kit/index.ts';
import { events } from './event.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('event', events),
  },
  migrations,
});
