import { defineModule, named } from '../../kit/index.ts';
import { expenses } from './expense.ts';
import { income } from './income.ts';
import { settlements } from './settlement.ts';
import { manifest } from './manifest.ts';
import { migrations } from './migrations.ts';

export default defineModule(manifest, {
  handlers: {
    ...named('expense', expenses),
    ...named('income', income),
    ...named('settlement', settlements),
  },
  migrations,
});
