/**
 * A small catalog of odd things, so that rules are proved which the project's own catalog never reaches: packages that
 * bundle, add-ons sold on some bases alone, routes nobody owns, reads nobody should allow.
 */
import type { CatalogData, RouteAccess } from '../../contract.ts';

type Route = CatalogData['routes'][string];

const get = (module: string, entity: string, more: Partial<Route> = {}): Route => ({
  access: 'module',
  method: 'GET',
  module,
  permission: `${module}.${entity}.view`,
  entity: `${module}.${entity}`,
  ...more,
});

const post = (module: string, entity: string): Route =>
  get(module, entity, { method: 'POST', permission: `${module}.${entity}.create` });

/** The compiler would not let such a route be written, the database's JSON would. */
const UNHEARD_OF = 'by_invitation' as RouteAccess;

const set = (...keys: string[]): Record<string, true> => Object.fromEntries(keys.map((key) => [key, true]));

export const ODD_CATALOG: CatalogData = {
  modules: {
    hall: { type: 'base' },
    band: { type: 'base' },
    ghost: { type: 'base' },
    money: { type: 'addon' },
    market: { type: 'addon' },
    oracle: { type: 'addon' },
    unsold: { type: 'addon' },
  },
  packages: {
    basic_hall: { modules: set('hall') },
    basic_band: { modules: set('band') },
    grand_band: { modules: set('band', 'oracle') },
    twin: { modules: set('hall', 'band') },
    oracle_bundle: { modules: set('oracle') },
    empty: { modules: {} },
  },
  addons: {
    money: { modules: set('money') },
    market_for_halls: { modules: set('market'), bases: set('hall') },
    market_for_all: { modules: set('market', 'money') },
    for_nobody: { modules: set('oracle'), bases: {} },
    rogue: { modules: set('hall') },
    empty: { modules: {} },
  },
  permissions: {
    'hall.room.view': { module: 'hall' },
    'hall.room.create': { module: 'hall' },
    'band.song.view': { module: 'band' },
    'money.bill.view': { module: 'money' },
    'money.bill.create': { module: 'money' },
    'market.offer.view': { module: 'market' },
    'oracle.answer.view': { module: 'oracle' },
    'ghost.wall.view': { module: 'ghost' },
    'circus.tent.view': { module: 'circus' },
  },
  routes: {
    'hall.room.list': get('hall', 'room'),
    'hall.room.get': get('hall', 'room'),
    'hall.room.create': post('hall', 'room'),
    'hall.plan.list': get('hall', 'plan'),
    'hall.key.list': get('hall', 'key'),
    'band.song.list': get('band', 'song'),
    'ghost.wall.list': get('ghost', 'wall'),
    'money.bill.list': get('money', 'bill'),
    'money.bill.create': post('money', 'bill'),
    'market.offer.list': get('market', 'offer'),
    'oracle.answer.list': get('oracle', 'answer'),
    'unsold.thing.list': get('unsold', 'thing'),
    'circus.tent.list': get('circus', 'tent'),
    'odd.foreign.permission': get('hall', 'room', { permission: 'money.bill.view' }),
    'odd.foreign.entity': get('hall', 'room', { entity: 'band.song' }),
    'odd.unknown.entity': get('hall', 'attic'),
    'odd.no.permission': { access: 'module', method: 'GET', module: 'hall', entity: 'hall.room' },
    'odd.no.entity': { access: 'module', method: 'GET', module: 'hall', permission: 'hall.room.view' },
    'odd.no.module': { access: 'module', method: 'GET' },
    'odd.unknown.access': { access: UNHEARD_OF, method: 'GET' },
    'odd.shared.beside': { access: 'authenticated', method: 'GET', entity: 'hall.room', module: 'hall' },
    'shop.cart.get': { access: 'authenticated', method: 'GET' },
    'shop.window.get': { access: 'public', method: 'GET' },
    'shop.bell.ring': { access: 'public', method: 'POST', module: 'hall', permission: 'hall.room.view' },
  },
  entities: {
    'hall.room': { module: 'hall', shared: true },
    'hall.plan': { module: 'hall', shared: false },
    'hall.key': { module: 'band', shared: true },
    'band.song': { module: 'band', shared: true },
    'money.bill': { module: 'money', shared: true },
    'market.offer': { module: 'market', shared: false },
  },
  reads: {
    money: set('hall.room', 'hall.plan', 'hall.key', 'money.bill', 'hall.attic'),
    market: set('band.song', 'money.bill'),
    hall: set('hall.room', 'band.song'),
    oracle: set('hall.room', 'band.song'),
  },
};
