import { defineModule, named } from '../../kit/index.ts';
import { analytics } from './analytic.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';
import { predictions } from './prediction.ts';
import { scorings } from './scoring.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('prediction', predictions),
    ...named('analytic', analytics),
    ...named('scoring', scorings),
  },
  migrations,
});
