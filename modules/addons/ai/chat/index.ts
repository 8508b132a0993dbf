import { defineModule } from '../../../kit/index.ts';
import { manifest } from '../manifest.ts';
import { ask } from './ask.ts';

export default defineModule(manifest, { service: 'ai.chat', handlers: { 'chat.ask': ask } });
