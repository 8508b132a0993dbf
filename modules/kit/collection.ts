import type { Knex } from 'knex';
import type { Manifest } from '../manifest/manifest.ts';
import type { Change, Row } from './change.ts';
import { columnsOf, entityOf, takeRow } from './columns.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { changeSchema, createSchema, listSchema } from './entity-schemas.ts';
import { notFound } from './errors.ts';
import type { Handler, ModuleRequest } from './handler.ts';
import { confirmReferences, nextState, ownReferences, twoSides } from './references.ts';
import { requireUnit } from './scope.ts';

export interface CollectionOptions {
  /** What only others can confirm, before anything is written. Refuses by throwing. */
  confirm?: (values: Row, request: ModuleRequest) => Promise<void>;
  /** The entity's own law, inside the transaction, before the row is written. Refuses by throwing. */
  rule?: (change: Change) => void | Promise<void>;
  /** What else changes with it, inside the transaction, after the row is written; `after` is the stored row. */
  written?: (change: Change) => void | Promise<void>;
}

export type CollectionHandlers = Record<'list' | 'get' | 'create' | 'update' | 'delete', Handler>;

/**
 * The five routes of an owned entity over the table of its name, always within the request's company and, where its rows
 * belong to business units, within those the user is limited to: a row of another one is not there, and none can be made
 * in it or moved to it. Fields, states, references and filters are what the manifest declares.
 */
export function collection(
  manifest: Manifest,
  name: string,
  options: CollectionOptions = {},
): CollectionHandlers {
  const entity = entityOf(manifest, name);
  const { fields, companies, audience, scope } = entity;
  const { confirm, rule, written } = options;
  const columns = columnsOf(entity);
  const filters = fields.filter(({ filter }) => filter).map((field) => field.name);
  // Row security holds this too; the query says it for the index, and for the embedded database.
  const own =
    ({ company, units }: ModuleRequest) =>
    (query: Knex.QueryBuilder) => {
      for (const column of companies) void query.orWhere(column, company);
      // Such a row has one company.
      if (scope === 'unit' && units) void query.whereIn('unit', [...units]);
    };
  const rows = (tx: Knex.Transaction, request: ModuleRequest) => tx<Row>(name).where(own(request));
  const readable = (tx: Knex.Transaction, request: ModuleRequest) =>
    audience === 'everyone' ? tx<Row>(name) : rows(tx, request);

  /** The row a request names, locked until the transaction ends. */
  const lock = async (tx: Knex.Transaction, request: ModuleRequest): Promise<Row> => {
    const row = await rows(tx, request).where({ id: request.params['id'] }).forUpdate().first(columns(tx));
    if (!row) throw notFound();
    return row;
  };
  const confirmed = async (request: ModuleRequest): Promise<Row> => {
    const others = await confirmReferences(fields, request);
    await confirm?.(request.body, request);
    return others;
  };
  const maker = companies[0]!;
  const changeOf = (tx: Knex.Transaction, request: ModuleRequest, before?: Row, after?: Row): Change => ({
    before,
    after,
    side: companies.find((column) => before?.[column] === request.company) ?? maker,
    tx,
    request,
    take: (other, id) => takeRow(tx, entityOf(manifest, other), id),
  });

  return {
    list: {
      query: listSchema(entity),
      async handle(request) {
        const limit = request.query['limit'] as number;
        const wanted = filters.filter((filter) => Object.hasOwn(request.query, filter));
        const cursor = request.query['cursor'] as string | undefined;
        const after = cursor === undefined ? undefined : readCursor(cursor);

        const found = await request.transaction(async (tx) => {
          const query = readable(tx, request).select(columns(tx));
          for (const filter of wanted) void query.where(filter, request.query[filter] as string);
          if (after) void query.whereRaw('(created_at, id) < (?, ?)', [after.createdAt, after.id]);
          // One more than asked for tells whether there is a next page.
          return await query.orderByRaw('created_at desc, id desc').limit(limit + 1);
        });
        const data = found.slice(0, limit);
        return { data, page: { next: found.length > limit ? cursorAt(data.at(-1)) : null } };
      },
    },

    get: {
      async handle(request) {
        const row = await request.transaction((tx) =>
          readable(tx, request).where({ id: request.params['id'] }).first(columns(tx)),
        );
        if (!row) throw notFound();
        return { data: row };
      },
    },

    create: {
      body: createSchema(entity),
      async handle(request) {
        if (scope === 'unit') requireUnit(request.units, request.body['unit']);
        const others = await confirmed(request);
        const row = await request.transaction(async (tx) => {
          const own = await ownReferences(manifest, fields, { tx, request });
          const after: Row = { ...request.body, ...others, ...own, [maker]: request.company };
          twoSides(companies, after);
          const change = changeOf(tx, request, undefined, after);
          nextState(fields, change);
          await rule?.(change);
          const [created] = await tx<Row>(name).insert(after, columns(tx));
          await written?.({ ...change, after: created });
          return created as Row;
        });
        const location = `${request.path}/${String(row['id'])}`;
        return { status: 201, data: row, headers: { location } };
      },
    },

    update: {
      body: changeSchema(entity),
      async handle(request) {
        await confirmed(request);
        const row = await request.transaction(async (tx) => {
          const before = await lock(tx, request);
          const after: Row = { ...before, ...request.body };
          if (scope === 'unit') requireUnit(request.units, after['unit']);
          const change = changeOf(tx, request, before, after);
          nextState(fields, change);
          await ownReferences(manifest, fields, change);
          await rule?.(change);
          const values = { ...request.body, updated_at: tx.fn.now() };
          const [changed] = await tx<Row>(name).where({ id: before['id'] }).update(values, columns(tx));
          await written?.({ ...change, after: changed });
          return changed as Row;
        });
        return { data: row };
      },
    },

    delete: {
      async handle(request) {
        await request.transaction(async (tx) => {
          const before = await lock(tx, request);
          const change = changeOf(tx, request, before);
          await rule?.(change);
          await tx<Row>(name).where({ id: before['id'] }).delete();
          await written?.(change);
        });
        return {};
      },
    },
  };
}

/** The handlers of an entity's declared actions, under their route's name: `expense.list`. */
export function named(entity: string, handlers: Record<string, Handler>): Record<string, Handler> {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [`${entity}.${name}`, handler]),
  );
}

function cursorAt(row: Row | undefined): string | null {
  if (!row) return null;
  return writeCursor({ createdAt: (row['created_at'] as Date).toISOString(), id: row['id'] as string });
}
