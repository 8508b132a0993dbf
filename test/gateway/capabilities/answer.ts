import type { AccessDocument } from '../../../gateway/client/document.ts';

/** What `GET /access/me` answers. */
export interface AccessAnswer {
  success: true;
  data: AccessDocument;
}
