import type { Knex } from 'knex';
import { readCursor, writeCursor } from './cursor.ts';
import { notFound } from './errors.ts';
import type { Field } from './fields.ts';
import type { Handler, ModuleRequest } from './handler.ts';
import type { JsonSchema } from './validation.ts';

/** Column → value. */
export type Row = Record<string, unknown>;

export interface CollectionOptions {
  /** Has `id`, `company_id`, `created_at` (in ms), `updated_at` and a column for every field. */
  table: string;
  fields: Record<string, Field>;
  /** Decimal columns the database computes by itself. */
  computed?: string[];
  /** Fields a list can be narrowed by: `?status=draft`. */
  filters: string[];
  /** What only others can confirm, before anything is written. Refuses by throwing. */
  confirm?: (values: Row, request: ModuleRequest) => Promise<void>;
  /** The table's own law, inside the transaction: no `before` on create, no `after` on delete. Refuses by throwing. */
  rule?: (before: Row | undefined, after: Row | undefined) => void;
}

export type CollectionHandlers = Record<'list' | 'get' | 'create' | 'update' | 'delete', Handler>;

/** The five routes of an entity over one table, always within the request's company. */
export function collection(options: CollectionOptions): CollectionHandlers {
  const { table, filters, confirm, rule } = options;
  const columns = columnsOf(options);
  const { create, change, list } = schemasOf(options);

  /** The row a request names, locked until the transaction ends. */
  const lock = async (tx: Knex.Transaction, { company, params }: ModuleRequest): Promise<Row> => {
    const row = await tx<Row>(table)
      .where({ company_id: company, id: params['id'] })
      .forUpdate()
      .first(columns(tx));
    if (!row) throw notFound();
    return row;
  };

  return {
    list: {
      query: list,
      async handle(request) {
        const limit = request.query['limit'] as number;
        const wanted = filters.filter((name) => Object.hasOwn(request.query, name));
        const cursor = request.query['cursor'] as string | undefined;
        const after = cursor === undefined ? undefined : readCursor(cursor);

        const rows = await request.transaction(async (tx) => {
          const query = tx<Row>(table).where({ company_id: request.company }).select(columns(tx));
          for (const name of wanted) void query.where(name, request.query[name] as string);
          if (after) void query.whereRaw('(created_at, id) < (?, ?)', [after.createdAt, after.id]);
          // One more than asked for tells whether there is a next page.
          return await query.orderByRaw('created_at desc, id desc').limit(limit + 1);
        });
        const data = rows.slice(0, limit);
        return { data, page: { next: rows.length > limit ? cursorAt(data.at(-1)) : null } };
      },
    },

    get: {
      async handle(request) {
        const { company, params } = request;
        const row = await request.transaction((tx) =>
          tx<Row>(table).where({ company_id: company, id: params['id'] }).first(columns(tx)),
        );
        if (!row) throw notFound();
        return { data: row };
      },
    },

    create: {
      body: create,
      async handle(request) {
        const { body, company, path } = request;
        await confirm?.(body, request);
        const row = await request.transaction(async (tx) => {
          rule?.(undefined, body);
          const [created] = await tx<Row>(table).insert({ ...body, company_id: company }, columns(tx));
          return created;
        });
        return { status: 201, data: row, location: `${path}/${String(row?.['id'])}` };
      },
    },

    update: {
      body: change,
      async handle(request) {
        const { body, company, params } = request;
        await confirm?.(body, request);
        const row = await request.transaction(async (tx) => {
          const before = await lock(tx, request);
          rule?.(before, { ...before, ...body });
          const values = { ...body, updated_at: tx.fn.now() };
          const [changed] = await tx<Row>(table)
            .where({ company_id: company, id: params['id'] })
            .update(values, columns(tx));
          return changed;
        });
        return { data: row };
      },
    },

    delete: {
      async handle(request) {
        const { company, params } = request;
        await request.transaction(async (tx) => {
          const before = await lock(tx, request);
          rule?.(before, undefined);
          await tx<Row>(table).where({ company_id: company, id: params['id'] }).delete();
        });
        return {};
      },
    },
  };
}

/** The same handlers under the name of their entity: `expense.list`. */
export function named<Handlers extends Record<string, Handler>>(entity: string, handlers: Handlers) {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [`${entity}.${name}`, handler]),
  );
}

function columnsOf({ fields, computed = [] }: CollectionOptions) {
  const exact = [...Object.keys(fields).filter((name) => fields[name]?.asText), ...computed];
  const plain = Object.keys(fields).filter((name) => !fields[name]?.asText);
  return (tx: Knex.Transaction): string[] => [
    'id',
    'company_id',
    ...plain,
    // Knex takes a Raw wherever its types speak of a column's name.
    ...exact.map((name) => tx.raw('??::text as ??', [name, name]) as unknown as string),
    'created_at',
    'updated_at',
  ];
}

function schemasOf({ fields, filters }: CollectionOptions): Record<'create' | 'change' | 'list', JsonSchema> {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
  const body = { type: 'object', additionalProperties: false, properties };
  const page = {
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    cursor: { type: 'string', maxLength: 200 },
  };
  return {
    create: { ...body, required: Object.keys(fields).filter((name) => fields[name]?.required) },
    change: { ...body, minProperties: 1 },
    list: {
      type: 'object',
      properties: { ...page, ...Object.fromEntries(filters.map((name) => [name, properties[name]])) },
    },
  };
}

function cursorAt(row: Row | undefined): string {
  const { created_at: createdAt, id } = row as unknown as { created_at: Date; id: string };
  return writeCursor({ createdAt: createdAt.toISOString(), id });
}
