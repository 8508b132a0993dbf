import { embeddedDatabase } from '../support/databases.ts';
import { platformContract } from './contract/contract.ts';

describe('the platform on the embedded database', () => {
  platformContract(() => embeddedDatabase());
});
