/** Parts of a page in words, each with the names of its sentences in the order in which they stand. */
type Parts = Readonly<Record<string, readonly string[]>>

/** A key for the heading of each part, and one for each of its sentences. */
type PartKey<Page extends string, P extends Parts> = {
  [Name in keyof P & string]: `${Page}.${Name}` | `${Page}.${Name}.${P[Name][number]}`
}[keyof P & string]

/** The method in plain words, for a person with an old phone. */
export const METHOD = {
  measuring: ['opens', 'often', 'line', 'raw'],
  control: ['abroad', 'innocent', 'needed'],
  pair: ['same', 'order', 'reads'],
  verdicts: ['about'],
  incident: ['several', 'interval', 'gap', 'revised'],
  weight: ['two', 'ratio', 'not', 'against'],
  word: ['blocking', 'fault', 'between', 'few', 'politics', 'judged'],
  scale: ['about'],
  silence: ['line', 'control', 'few', 'unknown', 'apart'],
  limits: [
    'where',
    'short',
    'phones',
    'ipv6',
    'private',
    'calls',
    'video',
    'vpn',
    'antivirus',
    'root',
    'address',
    'place',
    'who',
    'forged',
    'thinned',
    'calibrated',
    'server',
  ],
} as const satisfies Parts

/** The method in full, for experts and clerks. */
export const FULL = {
  rules: ['about', 'documents'],
  run: ['line', 'scout', 'pairs', 'transfers', 'abroad', 'cadence', 'bytes', 'limits'],
  pairs: ['order', 'confirm', 'crossed', 'neighbour', 'residual', 'reversed'],
  judging: [
    'never',
    'reachable',
    'interfered',
    'unreachable',
    'inconclusive',
    'removed',
    'artefact',
    'roots',
    'named',
    'cap',
  ],
  mechanisms: ['about', 'fault'],
  standing: ['counts', 'known', 'crowd', 'apart'],
  series: ['reading', 'burst', 'chain', 'kinds', 'load', 'failure'],
  incidents: ['found', 'floor', 'one', 'states', 'alarm', 'gaps'],
  dates: ['draws', 'interval', 'bracket', 'open', 'margin'],
  throttling: ['pair', 'usual', 'slow', 'abroad'],
  cause: ['propositions', 'given', 'product', 'skipped', 'order', 'rival', 'unseen', 'intervals'],
  word: ['blocking', 'grounds', 'fault', 'between'],
  table: ['about', 'read'],
  coincidence: ['apart', 'frozen', 'scheduled', 'tests', 'floor', 'cause'],
  revisions: ['first', 'published', 'revised', 'same', 'erased'],
  calibration: ['simulated', 'settings', 'table', 'real', 'intervals'],
  wrong: ['address', 'edge', 'filter', 'memory', 'dependent', 'keys', 'load'],
} as const satisfies Parts

export const DATA = {
  what: ['about', 'real', 'apart'],
  files: ['about'],
  fields: ['id', 'times', 'state', 'devices', 'word', 'revision', 'simulated'],
  cite: ['how', 'revision', 'not'],
  programs: ['about', 'errors', 'limits'],
  feeds: ['about'],
  embed: ['about', 'private'],
  webhook: ['about', 'signed'],
  licence: ['program', 'none', 'ooni'],
  absent: ['person', 'original', 'counted'],
} as const satisfies Parts

export const JOIN = {
  measures: ['never', 'list'],
  cost: ['schedule', 'metered', 'processor'],
  sent: [],
  risk: [],
  not: ['paid'],
  start: ['needs', 'get', 'once', 'consent', 'keep', 'systems', 'invitation'],
  phone: ['about'],
  stop: ['pause', 'forget', 'stays'],
  status: ['about', 'week'],
} as const satisfies Parts

export const SAFETY = {
  reading: ['provider', 'server', 'device', 'root', 'mail'],
  read: ['onion', 'private', 'copy', 'mirror', 'share'],
  keeps: ['none', 'memory', 'cookie', 'log', 'ahead', 'measurements', 'registry', 'erased'],
  measuring: ['provider', 'collector', 'mark', 'few', 'device'],
  seized: ['what', 'original', 'goes-on', 'check'],
  writing: ['mail', 'say', 'send'],
  promise: ['none', 'law'],
} as const satisfies Parts

export const MIRRORS = {
  addresses: ['none', 'onion', 'write-down'],
  check: ['why', 'key', 'result', 'no-key'],
  make: ['about', 'anywhere'],
  one: ['about', 'age', 'forward'],
} as const satisfies Parts

export const ABOUT = {
  what: ['witness', 'not', 'letter', 'official'],
  operator: ['missing'],
  funders: ['none'],
  interests: ['none'],
  contacts: ['mail'],
  decisions: ['rules', 'hand', 'sources', 'politics'],
  corrections: ['how', 'never'],
  reply: ['right', 'how', 'where', 'unchanged'],
} as const satisfies Parts

/** Labels that stand alone, in tables and beside values. */
const LABELS = [
  'guide.contents',
  'guide.command',
  'guide.copyable',
  'method.title',
  'method.lead',
  'method.full-link',
  'method.pair.other',
  'method.pair.service',
  'method.pair.again',
  'method.scale.from',
  'method.scale.word',
  'full.title',
  'full.lead',
  'full.rule',
  'full.weight',
  'full.weight-about',
  'full.rules-table',
  'full.cause',
  'full.side-interference',
  'full.side-fault',
  'full.digest',
  'full.revision-judge',
  'full.revision-detect',
  'full.ground-list',
  'data.title',
  'data.lead',
  'data.form',
  'data.content',
  'data.address',
  'data.example',
  'data.field',
  'data.meaning',
  'data.kind.board',
  'data.kind.incidents',
  'data.kind.incident',
  'data.kind.behind',
  'data.kind.series',
  'data.kind.measurement',
  'data.kind.ooni',
  'data.kind.matrix',
  'data.kind.corrections',
  'data.kind.claims',
  'data.kind.orders',
  'data.kind.places',
  'data.kind.description',
  'data.kind.feed',
  'data.kind.text',
  'data.licence.named',
  'join.title',
  'join.lead',
  'join.tier',
  'join.read-whole',
  'safety.title',
  'safety.lead',
  'mirrors.title',
  'mirrors.lead',
  'mirrors.this',
  'about.title',
  'about.lead',
  'about.name',
  'about.seat',
  'about.funder',
  'about.since',
  'about.share',
  'about.confirmed',
  'about.kind.mail',
  'about.kind.web',
  'about.kind.onion',
  'about.kind.signal',
  'about.kind.post',
] as const

/** Keys of this area's words. */
export type GuideKey =
  | PartKey<'method', typeof METHOD>
  | PartKey<'full', typeof FULL>
  | PartKey<'data', typeof DATA>
  | PartKey<'join', typeof JOIN>
  | PartKey<'safety', typeof SAFETY>
  | PartKey<'mirrors', typeof MIRRORS>
  | PartKey<'about', typeof ABOUT>
  | (typeof LABELS)[number]
