/**
 * Defaults that another value decides: with the timers of the IMS a sender waits four times as long, so the live attempt may last as
 * long as rules 2.1 say for that profile, and an answer is late later.
 */
import { isMap } from '../../results/is-map.js';

const IMS_LIVE_DELIVERY_LIMIT = '32s';
/** Half as much again, as with the other profile. */
const IMS_ANSWER_LIMIT = '48s';

/** Fills in what `content`, a scenario as it was read with all its overrides, leaves out. */
export function applyProfileDefaults(content: Record<string, unknown>): void {
  const { client } = content;
  if (!isMap(client) || client['timers'] !== 'ims') return;
  put(content, 'core', 'liveDeliveryLimit', IMS_LIVE_DELIVERY_LIMIT);
  put(content, 'ihs', 'answerLimit', IMS_ANSWER_LIMIT);
}

function put(content: Record<string, unknown>, section: string, key: string, value: string): void {
  const there = content[section] ?? {};
  // What is no map is the schema's to refuse.
  if (isMap(there)) content[section] = { [key]: value, ...there };
}
