import type { Manifest } from '../../modules/manifest/manifest.ts';
import { openapiOf } from '../../modules/manifest/openapi.ts';
import { etagOf } from '../request/etag.ts';

interface Document {
  tags: { name: string }[];
  paths: Record<string, object>;
  components: Record<string, Record<string, object>>;
}

/** As it is sent; the tag is of its bytes, so another build or another database never passes for this one. */
export interface OpenapiAnswer {
  text: string;
  etag: string;
}

/** One OpenAPI 3.1 document of everything that is served, made once, when somebody asks. */
export function openapiAnswer(manifests: readonly Manifest[]): () => OpenapiAnswer {
  let answer: OpenapiAnswer | undefined;
  return () => (answer ??= tagged(JSON.stringify(openapiDocument(manifests))));
}

function tagged(text: string): OpenapiAnswer {
  return { text, etag: etagOf(text) };
}

/** Each module describes itself; what it names begins with its key, so nothing meets but what all have in common. */
export function openapiDocument(manifests: readonly Manifest[]): object {
  const documents = manifests.map((manifest) => openapiOf(manifest) as unknown as Document);
  const kinds = [...new Set(documents.flatMap(({ components }) => Object.keys(components)))];
  const merged = <T extends object>(parts: T[]): T => Object.assign({}, ...parts) as T;
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kisum',
      version: '1',
      description:
        'Every route behind the gateway. A bearer token says who is asking, x-org for which company; what of it is allowed depends on both.',
    },
    tags: documents.flatMap(({ tags }) => tags),
    paths: merged(documents.map(({ paths }) => paths)),
    components: Object.fromEntries(
      kinds.map((kind) => [kind, merged(documents.map(({ components }) => components[kind] ?? {}))]),
    ),
  };
}
