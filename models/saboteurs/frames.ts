/** Bugs in what leaves on the wire: SIP and MSRP that do not keep to their own grammar. Caught by I11. */
import { ImServer } from '../im-server/server.js';
import { createSipCore } from '../sip-core/core.js';
import type { Saboteur } from './saboteur.js';
import { editDatagrams, editStreams, editToClients } from './tampering.js';

const miscountsContent: Saboteur = {
  name: 'miscounts-content',
  title: 'the Core forwards each MESSAGE with a Content-Length of one less',
  caughtBy: 'I11',
  core: (ports, config) =>
    createSipCore(
      editToClients(ports, 'MESSAGE', (text) =>
        text.replace(
          /\r\nContent-Length: ([0-9]+)/,
          (_line, octets: string) => `\r\nContent-Length: ${Number(octets) - 1}`,
        ),
      ),
      config,
    ),
};

const omitsCSeq: Saboteur = {
  name: 'omits-cseq',
  title: 'the IM Server answers a REGISTER without CSeq',
  caughtBy: 'I11',
  server: (ports, config) =>
    new ImServer(
      editDatagrams(ports, (text) =>
        text.startsWith('SIP/2.0 200 ') ? text.replace(/\r\nCSeq: [0-9]+ REGISTER/, '') : text,
      ),
      config,
    ),
};

const liesAboutRange: Saboteur = {
  name: 'lies-about-range',
  title: 'the end of each Byte-Range of a push is one too small',
  caughtBy: 'I11',
  server: (ports, config) =>
    new ImServer(
      editStreams(ports, (text) =>
        text.replace(/\r\nByte-Range: 1-([0-9]+)\//g, (line, end: string) => {
          const less = String(Number(end) - 1).padStart(end.length, '0');
          return line.replace(`-${end}/`, `-${less}/`);
        }),
      ),
      config,
    ),
};

const forgetsTheFlag: Saboteur = {
  name: 'forgets-the-flag',
  title: 'end-lines of the IM Server have no continuation flag',
  caughtBy: 'I11',
  server: (ports, config) =>
    new ImServer(
      editStreams(ports, (text) => text.replace(/(\r\n-------[A-Za-z0-9.+%=-]+)\$\r\n/g, '$1 \r\n')),
      config,
    ),
};

export const frameSaboteurs: readonly Saboteur[] = [
  miscountsContent,
  omitsCSeq,
  liesAboutRange,
  forgetsTheFlag,
];
