import { optionalRecord, optionalText, pointerToken, readRecord, rowsOf, type JsonRecord } from '../decoder.ts'
import { decodeOperations, NO_OPERATIONS, type OperationSet } from '../operations.ts'
import { decodeOneQuery, decodeQueries, type QueryRow } from '../queries.ts'

const AT = '/test_keys'

/** dnscheck: the lookup of the resolver's own name, then the same question to each of its addresses. */
export function decodeDnsCheck(testKeys: JsonRecord): readonly OperationSet[] {
  const bootstrap = optionalRecord(testKeys, 'bootstrap', AT)
  const lookups = optionalRecord(testKeys, 'lookups', AT) ?? {}
  const first = bootstrap === undefined ? [] : [decodeOperations(bootstrap, `${AT}/bootstrap`)]
  return [
    ...first,
    ...Object.keys(lookups)
      .slice(0, 500)
      .flatMap((url) => {
        const at = `${AT}/lookups/${pointerToken(url)}`
        const keys = readRecord(lookups[url], at)
        return keys === undefined ? [] : [{ ...decodeOperations(keys, at), part: 'resolver' }]
      }),
  ]
}

/** dnsping: the same question over and over, and answers that came after the first (a sign of injection). */
export function decodeDnsPing(testKeys: JsonRecord): readonly OperationSet[] {
  const pings = rowsOf(testKeys, 'pings', AT, (ping, source) => {
    const row = optionalRecord(ping, 'query', source)
    const query = row && decodeOneQuery(row, `${source}/query`)
    const late = [
      ...decodeQueries(ping, 'delayed_responses', source),
      ...decodeQueries(ping, 'delayed_response', source),
    ]
    return { query, late }
  })
  const queries = pings.map(({ query }) => query).filter((query): query is QueryRow => query !== undefined)
  return [{ ...NO_OPERATIONS, queries, lateAnswers: pings.flatMap(({ late }) => late) }]
}

/** dns_consistency: one name asked of many resolvers by address; one of them, reached over TCP, is the comparison. */
export function decodeDnsConsistency(testKeys: JsonRecord): readonly OperationSet[] {
  const comparison = optionalText(testKeys, 'control_resolver', AT)
  const queries = decodeQueries(testKeys, 'queries', AT).map((row): QueryRow =>
    row.resolverAddress === comparison ? { ...row, resolver: 'tcp' } : row,
  )
  return [{ ...NO_OPERATIONS, queries }]
}
