/**
 * What each key of a scenario means, for the editor help in the JSON Schema. A key of `schema` that has a description of its own
 * (`.describe`) needs none here. Looked up by the whole path, then by ever shorter ends of it.
 */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  version: 'Version of the format: 1.',
  name: 'Lower-case letters, digits and hyphens; names the folder of results.',
  description: 'One line for `restante list`.',
  preset:
    'A busy hour of this kind of service fills in what traffic leaves out; --set preset=NAME replaces it.',
  seed: 'Seed of all chance, as text; --seed wins.',
  epoch: 'Wall-clock time at which the run starts, in UTC.',
  rampUp: 'First phase: all clients register, spread evenly.',
  duration: 'How long load is offered, after the ramp-up.',
  drain: 'Quiet phase after the load, in which everything should settle.',
  analysis:
    'terminating: all of the run counts, and its transient is the answer. steady-state: figures leave out the warm-up.',
  warmup: 'Of a steady-state run: what its figures leave out; MSER-5 if left out.',
  'warmup.until': 'mser5: where the series of the run have come to rest. fixed: after `length`.',
  'warmup.max': 'The most that MSER-5 may remove; half of the load if left out.',
  'warmup.length': 'How much of the load is removed.',
  population: 'The subscribers.',
  'population.subscribers': 'How many there are.',
  'population.devicesPerUser':
    'Shares of the users with one device, with two, with three, and so on; 100 % together.',
  'population.anonymousShare': 'Share of users who hide their identity from recipients (RFC 3323).',
  'population.senders':
    'Who sends: anyone, or only users whom neither an absence nor a partition, of whatever direction, takes off the network at the intended instant.',
  'population.offlineShare': 'Share of clients without network from the start to the end of the load.',
  'population.hostile': 'Clients that do harm; the invariants are asked for the others.',
  'hostile.share': 'Share of clients that do.',
  'hostile.kinds': 'Which harm, dealt out among them.',
  'population.absence': 'Users who come and go during the load.',
  'population.absence.share': 'Share of users who are away at any instant.',
  'population.absence.median': 'Median of the lognormal time that they stay away.',
  'population.absence.mean': 'Mean of that time.',
  'population.hostile.share': 'Share of clients that do.',
  'population.hostile.kinds': 'What they do; each hostile client has one of these habits.',
  'population.popularity': 'How recipients are drawn.',
  'population.popularity.law':
    'uniform: all alike. zipf: rank k with a share proportional to k^-exponent, user 0 first.',
  'population.popularity.exponent': "Exponent of Zipf's law.",
  'server.failureNotification':
    'Senders who asked for it (IMDN) are told when their message expires or cannot be delivered.',
  'pager.notifications':
    'Share of messages whose senders ask to be told of delivery or failure (IMDN, RFC 5438).',
  'server.storedNotification':
    'Tell a sender who asked for it by IMDN that her message is stored (RFC 5438).',
  'server.settings': 'Shares of users by service setting; the rest are pushed to (rule O7).',
  'server.settings.notify': 'Told how many messages wait, instead of a push.',
  'server.settings.manual': 'Nothing is pushed: they fetch.',
  'server.settings.reject': 'Nothing is deferred for them: 480.',
  'server.settings.hold': 'Stored, and not pushed until they change the setting.',
  traffic: 'What is asked of the system.',
  'traffic.pager': 'Pager Mode messages: one SIP MESSAGE each (RFC 3428).',
  'traffic.large': 'Large Messages: MSRP in a session of the sender with the recipient.',
  'mmpp.states': 'The states, at least two.',
  'traffic.pager.size':
    'Octets of a body; above 500B, or 380B if it asks for notifications, it goes as a Large Message (RFC 3428 section 8).',
  'traffic.large.size': 'Octets of a message.',
  'size.dist': 'Distribution of sizes.',
  'size.value': 'The one size.',
  'size.min': 'Smallest size.',
  'size.max': 'Largest size.',
  'size.alpha': 'Tail exponent of the bounded Pareto distribution.',
  'size.median': 'Half of all messages are smaller.',
  'size.sigma': 'Standard deviation of the logarithm.',
  'size.cap': 'Largest size; what is drawn above it gets it.',
  'pager.expires': 'Messages with an Expires header of their own.',
  'expires.share': 'Share of messages that have one.',
  'expires.min': 'Shortest lifetime.',
  'expires.max': 'Longest lifetime.',
  'large.contentTypes': 'Content-Type of the messages, in turns.',
  'large.chunk': 'Largest MSRP chunk; below 2048 octets only as a stress.',
  'large.interruptible':
    'Chunks above 2 KiB with range-end *, which the sender interrupts for other traffic.',
  'large.interleave': 'Messages of one session take turns, chunk by chunk.',
  'large.abortShare': 'Share of messages that their sender gives up on the way, with flag #.',
  'large.resume': 'After a failed session go on behind what was answered 200.',
  'large.reports': 'Failure-Report and Success-Report, one of six combinations.',
  'large.notifications':
    'Share of messages whose senders ask to be told of delivery or failure (IMDN, RFC 5438): message/cpim around their content.',
  network: 'The access link of each client, in each direction.',
  'network.delay': 'One-way delay.',
  'network.jitter': 'Variation of the delay: half-width if uniform, standard deviation if normal.',
  'network.distribution': 'Distribution of that variation.',
  'network.loss': 'Share of packets that are lost.',
  'network.duplicate': 'Share of datagrams that arrive twice.',
  'network.mtu': 'Largest IP packet.',
  'network.up': 'Bit rate from the client; without limit if left out.',
  'network.down': 'Bit rate to the client; without limit if left out.',
  'network.queue': 'Octets that may wait for a line that has a bit rate.',
  'network.coreDelay': 'One-way delay of the links of SIP/IP Core and IM Server.',
  core: 'The SIP/IP Core: registrar and proxy.',
  'core.registerExpires': 'Lifetime granted to a binding that asks for nothing or for more.',
  'core.minExpires': 'Shorter lifetimes are refused with 423.',
  'core.flowTimeout': 'A flow from which nothing came for so long is dead.',
  'core.liveDeliveryLimit':
    'A message that a registered client has not answered by then is deferred; 32s if left out where client.timers is ims.',
  'core.thirdPartyOnRefresh': 'Third-party REGISTER to the IM Server also on a refresh.',
  'core.registerLimit': 'REGISTER a second that are admitted; more are answered 503 with Retry-After.',
  cpu: 'The CPU: a station with equal servers and one bounded queue.',
  'cpu.servers': 'Servers (cores).',
  'cpu.queue': 'Jobs that may wait; more are refused.',
  'cpu.discipline': 'Which waiting job is served next.',
  'cpu.priorities': 'Kinds of work in order of urgency, for discipline priority.',
  'cpu.provenance': 'Where the costs come from; "calibrated ..." once they were measured.',
  'cpu.costs': 'Service demand of each kind of work.',
  'costs.request': 'A SIP request that is not REGISTER.',
  'costs.response': 'A SIP response.',
  'core.cpu.costs.register': 'A REGISTER of a client.',
  'costs.keepAlive': 'A STUN Binding request.',
  'costs.message': 'A MESSAGE that is to be deferred.',
  'server.cpu.costs.register': 'A third-party REGISTER.',
  'costs.push': 'Setting up one push session.',
  'costs.send': 'Pushing one deferred message.',
  'costs.fetch': 'Answering one HTTP request of a user who fetches or deletes her messages.',
  'costs.session': 'Setting up a session in which a Large Message comes.',
  'costs.large': 'Storing one Large Message.',
  base: 'Cost of one piece of work.',
  perKiB: 'And so much for each KiB of what it works on.',
  distribution: 'Distribution of the cost around its mean.',
  server: 'The IM Server.',
  'server.instances':
    'IM Servers of the cluster, hosts im, im-2, ...; each user belongs to one of them by a hash.',
  timers: 'Timer profile of the SIP leg: RFC 3261 table 4, or the longer ones of the IMS.',
  'server.expiry': 'Lifetime of deferred messages.',
  'expiry.enabled': 'Messages expire at all.',
  'expiry.default': 'Lifetime of a message that asks for none.',
  'expiry.max': 'Longest lifetime.',
  'expiry.skewLimit': "A sender's Date further than this from the server's clock is not trusted.",
  'server.push': 'How deferred messages are pushed.',
  'push.enabled': 'They are pushed at all.',
  'push.wrapper': 'What a pushed message is wrapped in.',
  'push.chunk': 'Largest MSRP chunk.',
  'push.reports':
    'Failure-Report and Success-Report of each SEND, one of six combinations; responses if left out.',
  'push.window': 'SEND transactions in flight in one session.',
  'push.maxConcurrent': 'Push sessions at the same time, over all users.',
  'push.startRate': 'Push sessions started a second; without limit if left out.',
  'push.startJitter': 'Each trigger is spread over so much.',
  'push.bindLimit': 'Time for the client to bind its MSRP connection.',
  'push.retry':
    'What a session failed to deliver is tried again after this; 0s leaves it to the next registration.',
  'push.sendTimeout': 'A SEND that is not answered by then has failed.',
  'push.grace':
    'After its 200 a message stays in the store for this long, or until its session ends, whichever comes first, so that a late REPORT finds it.',
  'server.large': 'Limits for Large Messages that arrive.',
  'large.maxSize': 'Largest message.',
  'large.reassembly': 'Octets of messages in reassembly, together.',
  'large.partialLimit': 'An unfinished message to which nothing came for so long is dropped.',
  'large.resumeWindow': 'How long the received part is kept after a session failed.',
  'large.sessionLimit': 'A session without BYE is ended after this.',
  'server.quota': 'What one user may have waiting; without limit if left out.',
  'quota.messagesPerUser': 'Messages.',
  'quota.octetsPerUser': 'Octets of all messages.',
  'quota.messageOctets': 'Octets of a single message.',
  'server.storage': 'The storage device.',
  'storage.commitLatency': 'Time of one commit.',
  'storage.bandwidth': 'Bits written a second; without limit if left out.',
  'storage.capacity': 'Octets of all records together.',
  'storage.groupCommit': 'What waits for the device is committed together.',
  'settings.notify': 'A MESSAGE says how many wait when she comes online.',
  'settings.manual': 'She fetches or deletes them herself.',
  'settings.reject': 'Nothing is deferred for her.',
  'settings.hold': 'They are kept and not pushed.',
  'server.headers':
    "What the store keeps of a message's header fields, where the operator wants it otherwise.",
  'headers.neverStore':
    'Names that are never stored nor pushed, besides those that never are; P-Op-* is all that begin so.',
  'headers.dropNetwork':
    'Fields of the network and trust domain (P-Access-Network-Info and the like) are not stored; false: stored, and not pushed.',
  'headers.dropIdentityHints': 'The same of P-Preferred-Identity and P-Preferred-Service.',
  'headers.dropCredentials': 'The same of credentials and signatures (Authorization, Identity and the like).',
  'server.metadata': 'The list of deferred messages that the server keeps at the IM XDMS.',
  'metadata.enabled': 'It is kept.',
  'metadata.connections': 'HTTP connections to the IM XDMS.',
  'metadata.pipelining': 'Requests under way on one connection.',
  'metadata.linger': 'Changes of one user within this are sent together.',
  'metadata.timeout':
    'A request that is not answered by then is tried again, with twice the time, up to backoffMax.',
  'metadata.backoffBase': 'First wait after a failure.',
  'metadata.backoffMax': 'Longest wait after a failure.',
  'metadata.queue': 'Changes that may wait.',
  client: 'The IM Clients.',
  'client.registerExpires': 'Lifetime that a client asks for.',
  'client.backoffBase': 'Base of the wait after a failed registration (RFC 5626 section 4.5).',
  'client.backoffMax': 'Its ceiling.',
  'client.reconnect':
    'When a client registers again: jitter (uniform up to reconnectJitter), rfc5626 (half to all of backoffBase), lockstep (all at once).',
  'client.reconnectJitter': 'A device that finds its network again waits a uniform time up to this.',
  'client.displayDelay':
    'A message that was shown is looked at after this, and its sender told so if he asks for notifications; assumed. Nobody is told if left out.',
  'client.shareConnections':
    'Large Message sessions of one client with one server share a connection (RFC 4975 section 5.4).',
  'client.setup':
    'Who opens the connection of a session in which messages come to a client: active, she herself, as if left out; passive, the other side (RFC 6135).',
  'client.keepAlive': 'STUN keep-alives; without them an idle client sends nothing.',
  'client.fetch':
    'Users whose setting is manual, or notify once they are told: they list, fetch and delete what waits for them.',
  'fetch.wait':
    'After a registration or notice a client waits uniformly up to this before it asks for its list.',
  'fetch.every': 'It asks again so long after a list was worked off; 0s: after the next registration.',
  'fetch.discardShare': 'Share of the messages that are deleted unread.',
  faults: 'What goes wrong, and when.',
  'faults[].id': 'Names the fault in reports; f and its place in the list, from 0, if left out.',
  'faults[].at': 'When it begins, from the start of the run.',
  'faults[].for': 'How long it lasts; until the general healing (heal.at) if left out.',
  'faults[].target':
    'Whose links, or which host: clients, core, im (in a cluster also im-2, im-3, ...) or xdms.',
  'faults[].mode':
    'How many of the clients: one, all (if left out), fixed (`value` of them), fixed-percent (`value` percent), random-max-percent (a random share up to `value` percent). The seed says which.',
  'faults[].value':
    'With mode fixed the number of clients, with the percentages a plain number from 0 to 100, without a % sign.',
  'faults[].members':
    'Which clients exactly, by their numbers from 0 up, ascending; in the place of mode and value.',
  'faults[].direction':
    'As seen from the target: out, what it sends; in, what it receives; both, if left out.',
  'faults[].kind': 'What happens; names as tc-netem, Chaos Mesh and toxiproxy use them.',
  'faults[].time': 'Added delay.',
  'faults[].jitter': 'Variation of the added delay.',
  'faults[].percent': 'Share of packets, or of commits.',
  'faults[].gemodel': 'Loss in bursts (Gilbert and Elliott).',
  'gemodel.p': 'From the good state to the bad one, for each packet.',
  'gemodel.r': 'Back.',
  'gemodel.h': 'Share that passes in the bad state.',
  'gemodel.k': 'Share that passes in the good state.',
  'faults[].escape': 'Altered octets reach the parser instead of failing a checksum.',
  'faults[].rate': 'Bit rate.',
  'faults[].limit': 'Octets that may wait.',
  'faults[].spread': 'Members come back one by one within this time of the end.',
  'faults[].ordinal':
    'How many packets pass on the link in this direction, from `at` on, before the one that is lost.',
  'faults[].bytes': 'Octets after which the connection is cut.',
  'faults[].size': 'Size of a slice.',
  'faults[].delay': 'Added delay.',
  'faults[].what': 'What goes down: the machine without a word, or the process with notice.',
  'faults[].factor': 'By how much all work takes longer.',
  'faults[].offset': 'Jump of the clock.',
  'faults[].drift': 'Parts per million that the clock runs too fast.',
  heal: 'The general healing: the instant at which all that is still broken heals.',
  'heal.at': 'When that is; the end of the load if left out.',
  claims:
    'The fault budget: what the deployment claims to survive. Beyond it the plan still runs, but liveness is not judged; safety always is.',
  'claims.budget':
    'limited: that every message ends somehow (liveness) is judged for plans within these limits. unlimited: never.',
  'claims.crashes': 'Crashes of servers in one run.',
  'claims.outage': 'Longest time for which a server may be down, standing still or cut off.',
  'claims.loss': 'Largest share of packets that one fault may lose or damage, in the long run.',
  'claims.clockSkew': "Largest error of an IM Server's clock.",
  'claims.lyingDisk':
    'true: even what a lying disk forgets in a crash counts as lost; false: that is excused.',
  thresholds: 'Metric to expressions like "p(95)<800ms", as in k6; with expr and severity for a warning.',
  ihs: 'When a scenario attempt counts as inadequately handled.',
  'ihs.answerLimit': 'An answer to the sender that takes longer; 48s if left out where client.timers is ims.',
  'ihs.deliveryLimit': 'A delivery that takes longer.',
  limits: 'Where a run ends or is refused instead of going on.',
  'limits.events': 'Events of the simulation; more end the run with exit 8.',
  'limits.memory': 'A scenario whose forecast needs more memory is refused.',
  steadyState: 'The run is long enough for a steady state: warm-up is removed.',
};

/** The description of the key at `path` (keys joined by dots, `[]` for an entry of a list); undefined if there is none. */
export function descriptionOf(path: string): string | undefined {
  const keys = path.split('.');
  for (let from = 0; from < keys.length; from++) {
    const found = DESCRIPTIONS[keys.slice(from).join('.')];
    if (found !== undefined && (from === 0 || keys.length - from > 1 || SHARED.has(keys[from]))) return found;
  }
  return undefined;
}

/** Keys that mean the same wherever they stand. */
const SHARED: ReadonlySet<string> = new Set(['base', 'perKiB', 'distribution', 'timers', 'cpu']);
