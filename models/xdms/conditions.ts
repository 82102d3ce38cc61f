/** If-Match and If-None-Match against the one entity tag of a document (RFC 2616 sections 14.24 and 14.26; RFC 4825 8.5). */
import { HttpHeader, HttpMethod, type HttpMessage } from '../wire/http/message.js';

export const Condition = { go: 0, failed: 1, notModified: 2 } as const;
export type Condition = (typeof Condition)[keyof typeof Condition];

/** What the conditions of `request` say. `change` is the document's tag, 0 if there is no document. */
export function conditionOf(request: HttpMessage, change: number): Condition {
  const match = request.find(HttpHeader.ifMatch);
  if (match >= 0 && !lists(request, match, change)) return Condition.failed;
  const noneMatch = request.find(HttpHeader.ifNoneMatch);
  if (noneMatch < 0 || !lists(request, noneMatch, change)) return Condition.go;
  return request.method === HttpMethod.get ? Condition.notModified : Condition.failed;
}

/** True if the list of tags at `index` has the document's. */
function lists(request: HttpMessage, index: number, change: number): boolean {
  if (change === 0) return false;
  const text = request.buf.latin1Slice(request.valueStart[index], request.valueEnd[index]);
  if (text === '*') return true;
  const own = `"${change}"`;
  return text.split(',').some((tag) => tag.trim() === own);
}
