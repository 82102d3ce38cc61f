/** Rules 3.5: a Large Message that nobody confirms, of which octets did not arrive: silence says nothing of it. */
import { expect, test } from 'vitest';
import { ReportChoice } from '../../msrp/sending/report-choice.js';
import { LargeRig } from '../testing-large.js';
import { START_S } from '../testing-push.js';

test('D-125: what TCP still holds after the silence goes into another session, and the connection is reset', () => {
  const rig = new LargeRig();
  rig.large({ sizeOctets: 40, reports: ReportChoice.failuresOnly });
  const id = (text: string): string | undefined => /Message-ID: (\S+)/.exec(text)?.[1];
  const first = rig.accept(rig.take('INVITE')[0]);
  rig.ports.holding.add(rig.conn);
  expect(rig.at(START_S + 30.2).take('BYE')).toHaveLength(1);
  expect(rig.ports.reset).toEqual([rig.conn]);
  expect(rig.statuses()).toEqual([]);
  const second = rig.accept(rig.at(START_S + 35).take('INVITE')[0]);
  expect(id(second)).toBe(id(first));
  expect(rig.at(START_S + 66).statuses()).toEqual([202]);
  expect(rig.ports.reset).toHaveLength(1);
});
