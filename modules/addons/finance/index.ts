import { defineModule, manifestAt, named } from '../../kit/index.ts';
import { expenses } from './expense.ts';
import { income } from './income.ts';
import { migrations } from './migrations.ts';
import { settlements } from './settlement.ts';

export default defineModule(manifestAt('modules/addons/finance'), {
  handlers: {
    ...named('expense', expenses),
    ...named('income', income),
    ...named('settlement', settlements),
  },
  migrations,
});
