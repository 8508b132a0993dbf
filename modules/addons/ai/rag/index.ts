import { defineModule } from '../../../kit/index.ts';
import { manifest } from '../manifest.ts';
import { search } from './search.ts';

export default defineModule(manifest, { service: 'ai.rag', handlers: { 'rag.search': search } });
