import { decodeQueries } from '../queries.ts'
import { decodeOperations, type OperationSet } from '../operations.ts'
import type { JsonRecord } from '../decoder.ts'

/**
 * Web connectivity of every version. The lookups of the probe's own encrypted resolver (`x_doh`, `x_do53`) are
 * about that resolver, not about the site: only their results, which stand in `queries`, are read.
 */
export function decodeWebConnectivity(testKeys: JsonRecord): readonly OperationSet[] {
  const at = '/test_keys'
  const lateAnswers = decodeQueries(testKeys, 'x_dns_duplicate_responses', at)
  return [{ ...decodeOperations(testKeys, at), lateAnswers }]
}
