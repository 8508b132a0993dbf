import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { projectFile } from '../../policies/root.ts';
import type { Fault } from './fault.ts';
import { UNIT_FIELD } from './fields.ts';
import type { ExtraRoute, Manifest, OwnedEntity } from './manifest.ts';
import { crossFieldFaults } from './rules.ts';

/** What is wrong in one or more manifests, every fault at once, each as `file:line:column message`. */
export class ManifestError extends Error {
  override name = 'ManifestError';
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`invalid module manifest:\n  ${faults.join('\n  ')}`);
    this.faults = faults;
  }
}

/** A manifest as written, defaults filled in by the schema. */
interface ManifestFile {
  metadata: Pick<Manifest, 'uid' | 'key' | 'title' | 'owner' | 'purpose'>;
  spec: Pick<Manifest, 'type' | 'soldWith' | 'integrations' | 'mustNot'> & {
    services?: string[];
    data: { owns: OwnedEntity[]; reads: Manifest['reads'] };
    routes: ExtraRoute[];
  };
}

let compiled: ValidateFunction<ManifestFile> | undefined;

/** Compiled when the first manifest is read. That the schema is one is a test's business, not every start's. */
function validator(): ValidateFunction<ManifestFile> {
  compiled ??= new Ajv2020({
    allErrors: true,
    useDefaults: true,
    strictTypes: false,
    validateSchema: false,
  }).compile<ManifestFile>(
    JSON.parse(readFileSync(projectFile('modules', 'manifest', 'module.schema.json'), 'utf8')) as object,
  );
  return compiled;
}

/** Reads and checks one `module.yaml`. Throws {@link ManifestError} with every fault. */
export function readManifest(file: string): Manifest {
  return parseManifest(readFileSync(file, 'utf8'), file);
}

/** The same for text in hand; `file` only names it in the faults. */
export function parseManifest(text: string, file: string): Manifest {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const refuse = (faults: { offset: number; message: string }[]): void => {
    if (faults.length === 0) return;
    throw new ManifestError(
      faults.map(({ offset, message }) => {
        const { line, col } = lines.linePos(offset);
        return `${file}:${line}:${col} ${message}`;
      }),
    );
  };

  refuse([...document.errors, ...document.warnings].map(({ pos, message }) => ({ offset: pos[0], message })));
  refuse(yamlExtras(document));
  const content: unknown = document.toJS();
  const located = (fault: Fault) => ({ offset: offsetOf(document, fault.path), message: fault.message });
  const isManifestFile = validator();
  if (!isManifestFile(content)) {
    refuse((isManifestFile.errors ?? []).filter(isCause).map((error) => located(schemaFault(error))));
    throw new ManifestError([`${file}:1:1 does not follow module.schema.json`]);
  }
  const manifest = normalised(content);
  refuse(crossFieldFaults(manifest).map(located));
  return manifest;
}

/** Where in the text of a manifest the value at `path` begins, or the nearest thing above it; both from 1. */
export function positionOf(text: string, path: Fault['path']): { line: number; col: number } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return lines.linePos(offsetOf(document, path));
}

function normalised({ metadata, spec }: ManifestFile): Manifest {
  const { data, services = [metadata.key], ...rest } = spec;
  const owns = data.owns.map((owned) =>
    owned.scope === 'unit' ? { ...owned, fields: [...owned.fields, UNIT_FIELD] } : owned,
  );
  return { ...metadata, ...rest, services, ...data, owns };
}

/** Anchors, aliases, tags and directives make a document that reads differently from how it looks. */
function yamlExtras(document: Document.Parsed): { offset: number; message: string }[] {
  const faults: { offset: number; message: string }[] = [];
  if (document.directives.yaml.explicit)
    faults.push({ offset: 0, message: 'YAML directives are not allowed' });
  visit(document, {
    Alias: (_key, node) =>
      void faults.push({ offset: node.range?.[0] ?? 0, message: 'aliases are not allowed' }),
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if ('anchor' in node && node.anchor) faults.push({ offset, message: 'anchors are not allowed' });
      if (node.tag !== undefined) faults.push({ offset, message: `tag ${node.tag} is not allowed` });
    },
  });
  return faults;
}

/** `if` only repeats what its branches say. */
function isCause({ keyword }: ErrorObject): boolean {
  return keyword !== 'if';
}

function schemaFault(error: ErrorObject): Fault {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const params = error.params as { additionalProperty?: string; allowedValues?: string[] };
  if (params.additionalProperty !== undefined) {
    return {
      path: [...path, params.additionalProperty],
      message: `unknown key ${params.additionalProperty}`,
    };
  }
  const allowed = params.allowedValues ? `: ${params.allowedValues.join(', ')}` : '';
  return { path, message: `${path.join('.') || 'the manifest'} ${error.message ?? 'is invalid'}${allowed}` };
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Where the value at `path` begins, or the nearest thing above it that exists. */
function offsetOf(document: Document.Parsed, path: Fault['path']): number {
  for (let depth = path.length; depth > 0; depth--) {
    const key = path[depth - 1];
    const parent: unknown = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    const node = document.getIn(path.slice(0, depth), true) as
      { range?: [number, number, number] } | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}
