import { embeddedDatabase, serverDatabase, type TestDatabase } from '../../support/databases.ts';

/** For suites whose laws the database holds: what the server does, the embedded one must do too. */
export const DATABASES: [name: string, open: (test: Mocha.Context) => Promise<TestDatabase>][] = [
  ['the embedded database', () => embeddedDatabase()],
  ['a PostgreSQL server', (test) => serverDatabase(test)],
];
