/** All that a module backend may import of the house. */
export type { Change, Row } from './change.ts';
export { collection, named } from './collection.ts';
export { defineModule, type ModuleDefinition, type ModuleParts } from './define-module.ts';
export { conflict, forbidden, invalid, ModuleError, notFound, unavailable } from './errors.ts';
export type { ServerEvent } from './events.ts';
export type { Answer, Handler, ModuleRequest } from './handler.ts';
export { manifestAt } from './manifest-at.ts';
export type { Migration } from './migrate.ts';
export { frozen, inOrder, needs } from './rules.ts';
export type { Units } from './scope.ts';
export { queryChecker } from './validation.ts';
