import { CAUSE_WORDS } from '../../core/model/incident/cause.ts'
import { INCIDENT_STATES } from '../../core/model/incident/incident.ts'
import type { ReviewStanding } from '../../core/model/incident/review.ts'
import { CHANNELS } from '../../core/model/measured/measurement.ts'
import { LAYERS, MECHANISMS } from '../../core/model/measured/mechanism.ts'
import type { ChainState, Observation } from '../../core/model/measured/observation.ts'
import { KINDS } from '../../core/model/measured/verdict.ts'
import type { KeyEnd } from '../../core/text/catalogue.ts'

/** What a value of a column is; `time` is a time in UTC, to the millisecond. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'time'

/** One column of the files for researchers. Its meaning is the message `dataset.column.<name>`. */
export interface Column {
  readonly name: KeyEnd<'dataset.column'>
  readonly type: ColumnType
  /** Whether it may be empty: "not recorded", or "does not apply to this row". */
  readonly nullable?: boolean
  readonly unit?: 's' | 'log10'
  /** Every value that it may have. */
  readonly values?: readonly string[]
}

export const TABLES = ['measurements', 'observations', 'incidents'] as const
export type Table = (typeof TABLES)[number]

/** Forms of a file, each with the ending of its name. */
export const FORMS = { parquet: 'parquet', csv: 'csv.gz', jsonl: 'jsonl.gz' } as const
export type FileForm = keyof typeof FORMS

/** Words of a closed list, so that none is left out when the list grows. */
const wordsOf = <T extends string>(words: Readonly<Record<T, true>>): readonly string[] => Object.keys(words)

const OPERATIONS = wordsOf<Observation['kind']>({
  dns: true,
  tcp: true,
  tls: true,
  quic: true,
  http: true,
  throughput: true,
  tunnel: true,
})
const SIDES = wordsOf<Observation['side']>({ probe: true, control: true })
const CHAINS = wordsOf<ChainState>({
  trusted: true,
  unanchored: true,
  expired: true,
  broken: true,
  unchecked: true,
  none: true,
})
/** Those on hold are in no file. */
const REVIEWED = wordsOf<Exclude<ReviewStanding, 'held'>>({ none: true, disputed: true, withdrawn: true })

const WHERE = [
  { name: 'leaf_index', type: 'integer' },
  { name: 'started_at_utc', type: 'time' },
  { name: 'service', type: 'text' },
  { name: 'probe_asn', type: 'integer' },
] as const satisfies readonly Column[]
const SIMULATED = { name: 'simulated', type: 'boolean' } as const satisfies Column
const edge = (side: 'start' | 'end'): readonly Column[] => [
  { name: `${side}_median_utc`, type: 'time', nullable: true },
  { name: `${side}_lo95_utc`, type: 'time', nullable: true },
  { name: `${side}_hi95_utc`, type: 'time', nullable: true },
  { name: `${side}_open`, type: 'boolean' },
]

/**
 * Columns of each table, in their order. Every one of them is public one row at a time as well: on the page of a
 * measurement, in its public form, or in the interface for programs. Nothing else is in the files.
 */
export const COLUMNS = {
  measurements: [
    { name: 'measurement_id', type: 'text' },
    ...WHERE,
    { name: 'probe_cc', type: 'text' },
    { name: 'test_name', type: 'text' },
    { name: 'input', type: 'text', nullable: true },
    { name: 'kind', type: 'text', values: KINDS },
    { name: 'mechanism', type: 'text', values: MECHANISMS, nullable: true },
    { name: 'layer', type: 'text', values: LAYERS, nullable: true },
    { name: 'rule', type: 'text' },
    { name: 'rules_version', type: 'text' },
    { name: 'log10_lr', type: 'number', unit: 'log10' },
    { name: 'endpoints_tested', type: 'integer' },
    { name: 'endpoints_failed', type: 'integer' },
    { name: 'probe', type: 'text', nullable: true },
    { name: 'channel', type: 'text', values: CHANNELS },
    SIMULATED,
  ],
  observations: [
    ...WHERE,
    { name: 'position', type: 'integer' },
    { name: 'operation', type: 'text', values: OPERATIONS },
    { name: 'side', type: 'text', values: SIDES },
    { name: 'hop', type: 'integer' },
    { name: 'name', type: 'text', nullable: true },
    { name: 'address', type: 'text', nullable: true },
    { name: 'port', type: 'integer', nullable: true },
    { name: 'query_type', type: 'text', nullable: true },
    { name: 'answers', type: 'text', nullable: true },
    { name: 'protocol_version', type: 'text', nullable: true },
    { name: 'alpn', type: 'text', nullable: true },
    { name: 'chain', type: 'text', values: CHAINS, nullable: true },
    { name: 'verified', type: 'boolean', nullable: true },
    { name: 'status', type: 'integer', nullable: true },
    { name: 'failure', type: 'text', nullable: true },
    { name: 'began_s', type: 'number', unit: 's', nullable: true },
    { name: 'ended_s', type: 'number', unit: 's', nullable: true },
    SIMULATED,
  ],
  incidents: [
    { name: 'incident_id', type: 'text' },
    { name: 'revision', type: 'integer' },
    { name: 'revised_at_utc', type: 'time' },
    { name: 'service', type: 'text' },
    { name: 'probe_asn', type: 'integer' },
    { name: 'state', type: 'text', values: INCIDENT_STATES },
    { name: 'running', type: 'boolean' },
    { name: 'withdrawn', type: 'boolean' },
    { name: 'review', type: 'text', values: REVIEWED },
    { name: 'mechanism', type: 'text', values: MECHANISMS, nullable: true },
    ...edge('start'),
    ...edge('end'),
    { name: 'probes', type: 'integer' },
    { name: 'probes_failed', type: 'integer' },
    { name: 'cause_word', type: 'text', values: CAUSE_WORDS },
    { name: 'cause_log10_lr', type: 'number', unit: 'log10' },
    { name: 'cause_lo95', type: 'number', unit: 'log10' },
    { name: 'cause_hi95', type: 'number', unit: 'log10' },
    { name: 'quoted_log10_lr', type: 'number', unit: 'log10', nullable: true },
    { name: 'quoted_lo95', type: 'number', unit: 'log10', nullable: true },
    { name: 'quoted_hi95', type: 'number', unit: 'log10', nullable: true },
    SIMULATED,
  ],
} as const satisfies Record<Table, readonly Column[]>

/** A value of a file as CSV and JSONL have it; times as text. */
export type Value = string | number | boolean | null
