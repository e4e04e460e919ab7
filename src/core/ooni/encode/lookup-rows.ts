import { defined } from '../../model/defined.ts'
import type { LookupAnswer, LookupOutcome } from '../../model/measured/operation.ts'
import { SCRUBBED } from '../publish/erase-address.ts'
import { base64Of } from './blob.ts'
import type { FlowRow } from './flow-rows.ts'
import { failureNotes, failureWord, type Frame } from './moment.ts'

const ENGINES = { system: 'getaddrinfo', udp: 'udp', doh: 'doh' } as const
/** Answers and bytes of a message that are written; longer ones are no ordinary answer. */
const MOST_ANSWERS = 64
const MOST_RAW = 4096

function answerRows(answer: LookupAnswer): readonly FlowRow[] {
  const names = answer.canonicalNames
    .slice(0, MOST_ANSWERS)
    .map((hostname) => ({ answer_type: 'CNAME', hostname, ttl: null }))
  const addresses = answer.answers
    .slice(0, MOST_ANSWERS)
    .map(({ family, address, ttl }) =>
      family === 4
        ? { answer_type: 'A', ipv4: address, ttl: ttl ?? null }
        : { answer_type: 'AAAA', ipv6: address, ttl: ttl ?? null },
    )
  return [...names, ...addresses]
}

/** The line's own resolver is not named: it is in the owner's home or at the provider. One of the lists is. */
function resolverOf({ via, listed, resolver }: LookupOutcome): string {
  if (via === 'system') return ''
  return via === 'udp' && listed !== true ? SCRUBBED : (resolver ?? '')
}

function row(lookup: LookupOutcome, answer: LookupAnswer | undefined, frame: Frame): FlowRow {
  return {
    engine: ENGINES[lookup.via],
    hostname: lookup.name,
    query_type: lookup.queryType,
    resolver_hostname: null,
    resolver_port: null,
    resolver_address: resolverOf(lookup),
    failure: failureWord(lookup.failure),
    answers: answer === undefined ? [] : answerRows(answer),
    ...defined({ rcode: answer?.rcode }),
    ...(answer?.raw === undefined ? {} : { raw_response: base64Of(answer.raw.subarray(0, MOST_RAW)) }),
    t0: frame.seconds(lookup.startedAt),
    t: frame.seconds(answer?.at ?? lookup.endedAt),
    tags: [],
    ...failureNotes(lookup.failure),
  }
}

/** Rows of `queries`. Source: OONI data format df-002-dnst. */
export const queryRows = (lookups: readonly LookupOutcome[], frame: Frame): readonly FlowRow[] =>
  lookups.map((lookup) => row(lookup, lookup.answer, frame))

/** Words of an answer's own code, for answers that came late. Source: RFC 1035 §4.1.1. */
const RCODE_FAILURES: Readonly<Record<number, string>> = {
  2: 'dns_servfail_error',
  3: 'dns_nxdomain_error',
  5: 'dns_refused_error',
}

const withoutFailure = (lookup: LookupOutcome): LookupOutcome => {
  const { failure, ...rest } = lookup
  return failure === undefined ? lookup : rest
}

/** Rows of `x_dns_duplicate_responses`: what came for a question that had been answered. */
export const lateRows = (lookups: readonly LookupOutcome[], frame: Frame): readonly FlowRow[] =>
  lookups.flatMap((lookup) =>
    lookup.late.map((answer) => ({
      ...row(withoutFailure(lookup), answer, frame),
      failure:
        RCODE_FAILURES[answer.rcode ?? 0] ??
        (answer.rcode ? 'dns_server_misbehaving' : answer.answers.length === 0 ? 'dns_no_answer' : null),
    })),
  )
