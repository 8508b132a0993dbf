import { defineModule, named } from '../../kit/index.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';
import { routings } from './routing.ts';
import { schedules } from './schedule.ts';
import { tours } from './tour.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('tour', tours),
    ...named('routing', routings),
    ...named('schedule', schedules),
  },
  migrations,
});
