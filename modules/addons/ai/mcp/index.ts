import { defineModule } from '../../../kit/index.ts';
import { manifest } from '../manifest.ts';
import { call, notOffered } from './call.ts';

export default defineModule(manifest, {
  service: 'ai.mcp',
  handlers: { 'mcp.call': call, 'mcp.listen': notOffered, 'mcp.end': notOffered },
});
