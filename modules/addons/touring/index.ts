import { defineModule, named } from '../../kit/index.ts';
import { tours } from './tour.ts';
import { routings } from './routing.ts';
import { schedules } from './schedule.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('tour', tours),
    ...named('routing', routings),
    ...named('schedule', schedules),
  },
  migrations,
});
