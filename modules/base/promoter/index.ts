import { defineModule, manifestAt, named } from '../../kit/index.ts';
import { events } from './event.ts';
import { migrations } from './migrations.ts';

export default defineModule(manifestAt('modules/base/promoter'), {
  handlers: named('event', events),
  migrations,
});
