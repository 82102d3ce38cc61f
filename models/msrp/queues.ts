/** Looking things up in the queues of a session: few entries, the first one as a rule. */
import type { FrameHead } from '../wire/msrp/frame-head.js';
import type { OutgoingMessage, Transaction } from './sending/outgoing.js';
import type { Session } from './session.js';

export function hasTid(transaction: Transaction, head: FrameHead): boolean {
  const { tid } = transaction;
  const { start, end } = head.tid;
  if (end - start !== tid.length) return false;
  for (let i = 0; i < tid.length; i++) if (head.buf[start + i] !== tid[i]) return false;
  return true;
}

export function findById(messages: Session['messages'], head: FrameHead): OutgoingMessage | null {
  const { start, end } = head.messageId;
  for (let i = 0; i < messages.length; i++) {
    const { messageId } = messages.at(i);
    if (messageId.length === end - start && head.buf.latin1Slice(start, end) === messageId)
      return messages.at(i);
  }
  return null;
}

export function removeFrom(queue: Session['messages'], message: OutgoingMessage): void {
  for (let i = 0; i < queue.length; i++) {
    if (queue.at(i) !== message) continue;
    queue.remove(i);
    return;
  }
}
