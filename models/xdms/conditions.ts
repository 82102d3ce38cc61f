/** If-Match and If-None-Match against the one entity tag of a document (RFC 2616 sections 14.24 and 14.26; RFC 4825 8.5). */
import { HttpHeader, HttpMethod, type HttpMessage } from '../wire/http/message.js';

export const Condition = { go: 0, failed: 1, notModified: 2 } as const;
export type Condition = (typeof Condition)[keyof typeof Condition];

/** What the conditions of `request` say. `change` is the document's tag, 0 if there is no document. */
export function conditionOf(request: HttpMessage, change: number): Condition {
  if (request.find(HttpHeader.ifMatch) >= 0 && !lists(request, HttpHeader.ifMatch, change))
    return Condition.failed;
  if (!lists(request, HttpHeader.ifNoneMatch, change)) return Condition.go;
  const reads = request.method === HttpMethod.get || request.method === HttpMethod.head;
  return reads ? Condition.notModified : Condition.failed;
}

/** True if the tags in header `id`, all lines of it together (section 4.2), have the document's. */
function lists(request: HttpMessage, id: HttpHeader, change: number): boolean {
  if (change === 0) return false;
  const own = `"${change}"`;
  for (let i = request.find(id); i >= 0; i = request.find(id, i + 1)) {
    const text = request.buf.latin1Slice(request.valueStart[i], request.valueEnd[i]);
    if (text.split(',').some((tag) => tag.trim() === own || tag.trim() === '*')) return true;
  }
  return false;
}
