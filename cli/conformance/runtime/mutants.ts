import type { ModuleDefinition } from '../../../modules/kit/define-module.ts';
import type { ModuleApp } from '../../../modules/kit/app.ts';
import type { ModuleHost } from '../../../modules/kit/host.ts';
export function mutantNamed(name: string): { definition: ModuleDefinition; app: (d: ModuleDefinition, h: ModuleHost) => ModuleApp } { throw new Error(name); }
